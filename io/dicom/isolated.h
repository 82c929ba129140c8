#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace voxprior {

/// What a child process may use before it is ended.
struct IsolationLimits {
  std::uint64_t memory_bytes = std::uint64_t{1} << 30;  ///< address space beyond what the parent has mapped (RLIMIT_AS)
  int cpu_s = 20;                                       ///< processor time (RLIMIT_CPU)
  double wall_s = 60;                                   ///< time by the clock
  std::uint64_t result_bytes = std::uint64_t{64} << 20;  ///< size of the answer
};

/// Runs `work` in a child process, for bytes that nobody vouches for, and returns what it returns. The child has no
/// open files but what it opens itself, can write none, starts no process or thread, leaves no core dump and dies with
/// its parent.
///
/// A crash, an endless loop, a memory bomb, an exception or a malformed answer of the child becomes
/// Error(ExitCode::input): `subject` (a path, or who sent the bytes) and what happened, in one line. A voxprior::Error
/// of the child comes with its message, cut to printable ASCII: it may have been written by the bytes themselves. What
/// is returned is as little to be trusted as the bytes: check it as one would check a file.
///
/// The child is a fork without exec: `work` can be any function, the tests need no second program, and a call costs
/// milliseconds. The price: the calling process must have one thread only (another could hold a lock that the child
/// then waits for), which is checked; a node that listens starts its threads elsewhere. Throws Error(ExitCode::bug) if
/// it has more, Error(ExitCode::resources) if no child can be made.
std::string run_isolated(const std::string& subject, const std::function<std::string()>& work,
                         const IsolationLimits& limits = {});

}  // namespace voxprior
