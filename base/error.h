#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace voxprior {

/// The process exit codes that users script against. 130 and 143 (signals) come from `Interrupted`.
enum class ExitCode {
  done = 0,
  bug = 1,          ///< an exception nobody expected
  usage = 2,        ///< wrong command line or configuration
  input = 3,        ///< an input file is refused
  model = 4,        ///< a model file is missing, damaged or unfit
  output = 5,       ///< writing failed, or the output exists
  resources = 6,    ///< memory or time will not suffice
  some_failed = 8,  ///< a batch in which some cases failed
  resumable = 75,   ///< interrupted; the same command resumes
};

/// What a user can act on: one line that names the file, what is wrong and what to do next.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

/// Throws Error whose message is the parts put together: fail(ExitCode::input, path, ": empty file").
template <typename... Parts>
[[noreturn]] void fail(ExitCode code, const Parts&... parts) {
  std::ostringstream message;
  (message << ... << parts);
  throw Error(code, message.str());
}

}  // namespace voxprior
