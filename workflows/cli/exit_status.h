#pragma once

#include <exception>
#include <functional>
#include <string>

namespace voxprior {

/// Runs `action` and turns whatever it throws into one line on stderr, "voxprior COMMAND: MESSAGE", and an exit code of
/// base/error.h. The only place in the program that ends an error's journey.
int exit_status_of(const std::string& command, const std::function<void()>& action);

}  // namespace voxprior
