#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace voxprior {

/// What some files hold, so that a later run can tell whether they are still the same.
struct FileState {
  std::string stamp;   ///< of sizes and times of change: asked first, because it costs no reading
  std::string sha256;  ///< of the contents: decides where the stamps differ
};

/// Sizes and times of change of these files, in their order; empty when one of them is not there.
std::string stamp_of(const std::vector<std::filesystem::path>& files);

/// SHA-256 of the one file, or of the SHA-256 of each. Throws Error(ExitCode::input) when one cannot be read.
std::string sha256_of_files(const std::vector<std::filesystem::path>& files);

/// Whether the files hold what they held: the same stamp, or else the same contents. False when one is gone.
bool still_in_state(const FileState& state, const std::vector<std::filesystem::path>& files);

nlohmann::ordered_json record_of(const FileState& state);

/// Throws nlohmann::json::exception for a record that is none.
FileState file_state_from(const nlohmann::ordered_json& record);

}  // namespace voxprior
