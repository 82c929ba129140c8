#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace voxprior {

/// The right to work on one case of a batch, held by one process at a time. The kernel ends it with the process, so a
/// lock of a dead process is none; its file stays and tells that somebody began (see `was_left`).
class CaseLock {
 public:
  /// Nothing when another process holds it. Throws Error(ExitCode::output) when the file cannot be made or the file
  /// system knows no locks.
  static std::optional<CaseLock> take(const std::filesystem::path& file);

  CaseLock(CaseLock&& other) noexcept;
  CaseLock& operator=(CaseLock&&) = delete;
  ~CaseLock();  ///< gives the lock back; the file stays unless done() was called

  /// Whether a process that died held it last: what it wrote of this case may be there, unfinished.
  bool was_left() const { return was_left_; }

  /// All that belongs to the case is written, or nothing is: removes the file.
  void done();

 private:
  CaseLock(std::filesystem::path file, int descriptor, bool was_left);
  std::filesystem::path file_;
  int descriptor_;
  bool was_left_;
};

/// "process 4711 on node3": who holds a lock, or held it last, as its file says.
std::string holder_of(const std::filesystem::path& lock_file);

}  // namespace voxprior
