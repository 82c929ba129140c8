#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace voxprior {

/// The right to work on one case of a batch, held by one process at a time. The kernel ends it with the process, so a
/// lock of a dead process is none; its file stays and tells that somebody began (see `was_left`), and how often in a
/// row a process died over the same work (see `deaths`).
class CaseLock {
 public:
  /// Nothing when another process holds it. Throws Error(ExitCode::output) when the file cannot be made or the file
  /// system knows no locks.
  static std::optional<CaseLock> take(const std::filesystem::path& file);

  CaseLock(CaseLock&& other) noexcept;
  CaseLock& operator=(CaseLock&&) = delete;
  ~CaseLock();  ///< gives the lock back; the file stays unless done() was called, and no death is counted

  /// Whether a process that died held it last: what it wrote of this case may be there, unfinished.
  bool was_left() const { return was_left_; }

  /// How many processes in a row died between begin() with this `work` and the end of it.
  int deaths(const std::string& work) const { return work == counted_.work ? counted_.deaths : 0; }

  /// Work begins, on what `work` tells apart from other work on the case: one word. Should this process die now, the
  /// next holder finds one more death. Throws Error(ExitCode::output).
  void begin(const std::string& work);

  /// All that belongs to the case is written, or nothing is: removes the file.
  void done();

  /// Work came to an end, if not to a result: earlier deaths over it are in no row with a later one. Nothing unless it
  /// was begun.
  void survived();

 private:
  struct Count {
    int deaths = 0;
    std::string work;
  };

  CaseLock(std::filesystem::path file, int descriptor);
  void read_file();
  void write_file(const Count& count) const;

  std::filesystem::path file_;
  int descriptor_;
  bool was_left_ = false, begun_ = false;
  Count counted_;  // what the file says once this process is gone, unless it dies
};

/// "process 4711 on node3": who holds a lock, or held it last, as its file says.
std::string holder_of(const std::filesystem::path& lock_file);

}  // namespace voxprior
