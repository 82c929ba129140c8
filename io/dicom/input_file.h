#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace voxprior {

/// What tells a file from what it was before: which one it is, its length, and when it was last written to.
struct FileStamp {
  std::uint64_t device = 0, inode = 0, bytes = 0;
  std::int64_t modified_s = 0, modified_ns = 0;

  bool operator==(const FileStamp& other) const;
  bool operator!=(const FileStamp& other) const { return !(*this == other); }
};

/// A file open for reading at any position. Errors are Error(ExitCode::input) that names the file.
class InputFile {
 public:
  /// Refuses what is missing, not a regular file, empty or unreadable.
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  const FileStamp& stamp() const { return stamp_; }  ///< as of the moment it was opened
  /// Reads `count` bytes from `offset` on, fewer only at the end of the file; returns how many.
  std::size_t read_at(std::uint64_t offset, void* bytes, std::size_t count) const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  FileStamp stamp_;
};

}  // namespace voxprior
