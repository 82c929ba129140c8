#pragma once

#include <string>

namespace voxprior {

/// A name out of an untrusted file, fit for a one-line message: in quotes, no control characters, at most 80 bytes.
std::string quoted(const std::string& name);

}  // namespace voxprior
