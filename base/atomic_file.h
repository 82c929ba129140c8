#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace voxprior {

enum class Overwrite { no, yes };

/// The one way in which the program writes a file: a file that exists under its final name is complete.
///
/// Bytes go to a temporary file in the same folder (".part-PID-N-NAME", so that it keeps NAME's ending); commit()
/// fsyncs it, renames it to the final name and fsyncs the folder. Without commit() the destructor removes the temporary
/// file. With Overwrite::no the rename never replaces a file, even one that appeared while we wrote. What a killed
/// process left behind for the same NAME is removed by the next one. Every failure (folder missing, disk full, file
/// exists) throws Error with ExitCode::output and leaves no file.
class AtomicFile {
 public:
  AtomicFile(std::filesystem::path final_path, Overwrite overwrite);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, std::size_t count);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

  /// For libraries that insist on opening a file by themselves: let them write to temporary_path(), then commit()
  /// fsyncs and renames what they left there. Do not mix with write().
  const std::filesystem::path& temporary_path() const { return temporary_path_; }

 private:
  void create_temporary();
  void sync_temporary();

  std::filesystem::path final_path_;
  std::filesystem::path temporary_path_;
  Overwrite overwrite_;
  int descriptor_ = -1;
};

/// Writes a whole file at once, atomically.
void write_file(const std::filesystem::path& path, std::string_view bytes, Overwrite overwrite);

/// Whether a file must outlive a loss of power from now on, or only the process that wrote it.
enum class Flush { to_disk, to_kernel };

/// Gives a file that was written elsewhere on the same file system its final name, once its end is known. Never
/// replaces a file: returns false if the name is taken, and leaves `written` where it is. Throws
/// Error(ExitCode::output) when that fails.
bool place_file(const std::filesystem::path& written, const std::filesystem::path& final_path, Flush flush);

/// Throws Error(ExitCode::output) if `path` exists and may not be replaced, or its folder is missing or not writable.
/// Called before long work starts, so that nobody waits for a result that cannot be stored.
void check_writable(const std::filesystem::path& path, Overwrite overwrite);

}  // namespace voxprior
