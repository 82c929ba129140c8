#pragma once

#include <string>

namespace voxprior {

/// A name out of an untrusted file, fit for a one-line message: in quotes, no control characters, at most 80 bytes.
/// (Not "quoted": std::quoted, which argument-dependent lookup prefers for a string that is not const, lets everything
/// through.)
std::string in_quotes(const std::string& name);

}  // namespace voxprior
