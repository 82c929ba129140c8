#include "workflows/node/counters.h"

#include <sys/mman.h>

#include <new>

#include "base/error.h"

namespace voxprior {

NodeCounters& NodeCounters::make_shared() {
  void* const memory = ::mmap(nullptr, sizeof(NodeCounters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail(ExitCode::resources, "no memory for the counters");
  return *new (memory) NodeCounters;
}

}  // namespace voxprior
