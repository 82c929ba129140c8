#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace voxprior {

/// What is known of the cases of a batch between runs: one JSON file for each case that was finished or failed, and the
/// files of locks. All in one folder, which may be deleted: then everything is made again.
class CaseStore {
 public:
  /// `folder` is made, with the folders above it. Throws Error(ExitCode::output).
  explicit CaseStore(std::filesystem::path folder);

  /// The marker of a case; nothing when there is none or it is damaged.
  std::optional<nlohmann::ordered_json> marker(const std::string& case_name) const;

  /// Writes it atomically. Throws Error(ExitCode::output).
  void put(const std::string& case_name, const nlohmann::ordered_json& marker) const;

  /// Notes which task the cases are of. Throws as refuse_other_task() does.
  void belong_to(const std::string& task) const;

  std::filesystem::path lock_file(const std::string& case_name) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

/// One OUT is for one task: results of two would have one summary, and in a folder of volumes the same names. Throws
/// Error(ExitCode::usage) when the cases that `folder` tells of are those of another.
void refuse_other_task(const std::filesystem::path& folder, const std::string& task);

}  // namespace voxprior
