#pragma once

#include <filesystem>
#include <vector>

namespace voxprior {

/// The files that a command has written so far: removed again when it ends before keep(), by an error or Ctrl-C. So
/// there is all of a result or nothing.
class WrittenFiles {
 public:
  WrittenFiles() = default;
  ~WrittenFiles() {
    std::error_code ignored;
    for (const std::filesystem::path& path : paths_) std::filesystem::remove_all(path, ignored);
  }
  WrittenFiles(const WrittenFiles&) = delete;
  WrittenFiles& operator=(const WrittenFiles&) = delete;

  /// A file, or a folder of DICOM files, that was just written.
  void add(const std::filesystem::path& path) { paths_.push_back(path); }
  void keep() { paths_.clear(); }

 private:
  std::vector<std::filesystem::path> paths_;
};

}  // namespace voxprior
