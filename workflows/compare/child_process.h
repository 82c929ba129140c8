#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace voxprior {

/// How a run of this program as a child process ended, and what it cost.
struct ChildOutcome {
  int exit_code = 0;  ///< 128 + signal for one ended by a signal, as in a shell
  double seconds = 0, cpu_seconds = 0;
  double peak_bytes = 0;   ///< largest resident memory
  std::string last_error;  ///< its last line on stderr
};

/// Runs this program with `words` and collects stdout and stderr in the file `log`, which is replaced. `tick` is called
/// ten times a second; when it throws (Interrupted), the child gets SIGTERM, is waited for, and the exception goes on.
/// The child dies with this process, however that ends. Throws Error(ExitCode::output) when the log cannot be written,
/// Error(ExitCode::resources) when no process can be started.
ChildOutcome run_self(const std::vector<std::string>& words, const std::filesystem::path& log,
                      const std::function<void()>& tick);

}  // namespace voxprior
