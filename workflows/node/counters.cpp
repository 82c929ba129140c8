#include "workflows/node/counters.h"

#include <sys/mman.h>

#include <ctime>
#include <functional>
#include <new>

#include "base/error.h"

namespace voxprior {

bool NodeCounters::first_this_minute(const std::string& what) {
  constexpr std::time_t minute_s = 60;
  const std::uint64_t hash = std::hash<std::string>()(what + '\n' + std::to_string(std::time(nullptr) / minute_s));
  return told_[hash % told_.size()].exchange(hash) != hash;
}

NodeCounters& NodeCounters::make_shared() {
  void* const memory = ::mmap(nullptr, sizeof(NodeCounters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail(ExitCode::resources, "no memory for the counters");
  return *new (memory) NodeCounters;
}

}  // namespace voxprior
