#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "base/atomic_file.h"

namespace voxprior {

/// A folder of DICOM files that appears whole or not at all: files go to a folder ".part-PID-N-NAME" beside it,
/// commit() renames that. Without commit() nothing is left, and what a killed process left for the same NAME is removed
/// by the next one. Files are named by their index, 0001.dcm, 0002.dcm, ..., never by what a DICOM tag says.
class SeriesFolder {
 public:
  /// Throws as check_series_folder() does.
  SeriesFolder(std::filesystem::path folder, Overwrite overwrite);
  ~SeriesFolder();
  SeriesFolder(const SeriesFolder&) = delete;
  SeriesFolder& operator=(const SeriesFolder&) = delete;

  /// Adds the next file.
  void add(std::string_view bytes);
  /// Adds a copy of a file as the next one.
  void add_copy(const std::filesystem::path& file);
  std::size_t count() const { return count_; }

  void commit();

 private:
  std::filesystem::path folder_, temporary_;
  Overwrite overwrite_;
  std::size_t count_ = 0;
  int lock_ = -1;  // of the temporary folder: tells others that its writer lives
};

/// Throws Error(ExitCode::output) if `folder` cannot be written: it is a file, holds files (with Overwrite::yes: any
/// file that is not named like those of a series written here), or its parent is missing. Called before long work.
void check_series_folder(const std::filesystem::path& folder, Overwrite overwrite);

}  // namespace voxprior
