#pragma once

namespace voxprior {

/// The version of the program and library, "MAJOR.MINOR.PATCH".
const char* version();

}  // namespace voxprior
