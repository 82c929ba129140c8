#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace voxprior {

enum class Overwrite { no, yes };

/// The one way in which the program writes a file: a file that exists under its final name is complete.
///
/// Bytes go to a temporary name in the same folder (".NAME.part-PID-N"); commit() checks, fsyncs, and renames it to the
/// final name, then fsyncs the folder. Without commit() the destructor removes the temporary file. With Overwrite::no
/// the rename never replaces a file, even one that appeared while we wrote.
/// Every failure (folder missing, disk full, file exists) throws Error with ExitCode::output and leaves no file.
class AtomicFile {
 public:
  AtomicFile(std::filesystem::path final_path, Overwrite overwrite);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* bytes, std::size_t count);
  void write(std::string_view text) { write(text.data(), text.size()); }
  void commit();

  /// For libraries that insist on opening a file by themselves: close ours, let them write to temporary_path(),
  /// then commit() fsyncs and renames what they left there.
  const std::filesystem::path& temporary_path() const { return temporary_path_; }

 private:
  std::filesystem::path final_path_;
  std::filesystem::path temporary_path_;
  Overwrite overwrite_;
  int descriptor_ = -1;
};

/// Writes a whole file at once, atomically.
void write_file(const std::filesystem::path& path, std::string_view bytes, Overwrite overwrite);

/// Throws Error(ExitCode::output) if `path` exists and may not be replaced, or its folder is missing or not writable.
/// Called before long work starts, so that nobody waits for a result that cannot be stored.
void check_writable(const std::filesystem::path& path, Overwrite overwrite);

}  // namespace voxprior
