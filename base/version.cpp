#include "base/version.h"

namespace voxprior {

const char* version() { return VOXPRIOR_VERSION; }

}  // namespace voxprior
