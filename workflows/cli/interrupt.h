#pragma once

#include <exception>

namespace voxprior {

/// Thrown at the next progress tick after SIGINT or SIGTERM, so that destructors remove temporary files.
class Interrupted : public std::exception {
 public:
  explicit Interrupted(int signal) : signal_(signal) {}
  int exit_code() const { return 128 + signal_; }  ///< 130 for SIGINT, 143 for SIGTERM
  const char* what() const noexcept override { return "interrupted"; }

 private:
  int signal_;
};

/// From here on SIGINT and SIGTERM only raise a flag; a second one ends the process at once. SIGPIPE and SIGXFSZ are
/// ignored, so that a closed pipe or a file size limit shows up as a failed write and is cleaned up after.
void catch_signals();

/// Whether a signal has arrived, for loops that end by themselves.
bool interrupt_arrived();

/// Throws Interrupted if a signal has arrived.
void check_interrupt();

}  // namespace voxprior
