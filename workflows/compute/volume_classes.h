#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace voxprior {

/// "${NAME}/scans" with the value of the environment variable NAME. Throws Error(ExitCode::usage) when it is not set.
std::string expand_variables(std::string text);

/// Which class a volume file is of, after the table data.classes of a training configuration.
class VolumeClasses {
 public:
  VolumeClasses() = default;

  /// Name of a class -> folders, which stand for all that is in them, files, or patterns of whole paths in which *
  /// stands for anything, slashes too: "*_T1w.nii.gz". ${NAME} stands for an environment variable.
  explicit VolumeClasses(const std::map<std::string, std::vector<std::string>>& table);

  /// The class of a file; empty without a table. Throws Error(ExitCode::input) for a file of no class or of two.
  std::string of(const std::filesystem::path& file) const;

 private:
  std::map<std::string, std::vector<std::string>> table_;
};

}  // namespace voxprior
