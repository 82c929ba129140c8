#pragma once

#include <filesystem>

namespace voxprior {

/// The folder of a dataset while it is made. Work goes on in OUT.partial; finish() gives it its name. A folder that has
/// its final name is complete.
class DatasetFolder {
 public:
  /// Throws Error(ExitCode::output) unless OUT may be made: it does not exist, or is empty, or is a prepared dataset
  /// that may be replaced. An OUT.partial that was left behind is taken up with `resume`, removed with `overwrite`, and
  /// refused otherwise.
  DatasetFolder(std::filesystem::path out, bool overwrite, bool resume);

  /// Removes OUT.partial, unless it was taken up, keep() was called, or finish() has succeeded.
  ~DatasetFolder();
  DatasetFolder(const DatasetFolder&) = delete;
  DatasetFolder& operator=(const DatasetFolder&) = delete;

  const std::filesystem::path& partial() const { return partial_; }

  /// What there is stays for --resume, however this ends.
  void keep() { kept_ = true; }

  /// Replaces OUT by OUT.partial.
  void finish();

 private:
  std::filesystem::path out_, partial_;
  bool kept_ = false;
};

}  // namespace voxprior
