#include "workflows/batch/file_state.h"

#include <sys/stat.h>

#include "base/error.h"
#include "base/sha256.h"

namespace voxprior {
namespace fs = std::filesystem;

std::string stamp_of(const std::vector<fs::path>& files) {
  std::string text;
  for (const fs::path& file : files) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return {};
    text += std::to_string(status.st_size) + ' ' + std::to_string(status.st_mtim.tv_sec) + '.' +
            std::to_string(status.st_mtim.tv_nsec) + '\n';
  }
  return sha256_hex(text.data(), text.size());
}

std::string sha256_of_files(const std::vector<fs::path>& files) {
  if (files.size() == 1) return sha256_of_file(files.front());
  std::string all;
  for (const fs::path& file : files) all += sha256_of_file(file);
  return sha256_hex(all.data(), all.size());
}

bool still_in_state(const FileState& state, const std::vector<fs::path>& files) {
  const std::string stamp = stamp_of(files);
  if (stamp.empty()) return false;
  if (stamp == state.stamp) return true;
  try {
    return sha256_of_files(files) == state.sha256;
  } catch (const Error&) {
    return false;  // whoever needs the file says why it cannot be read
  }
}

nlohmann::ordered_json record_of(const FileState& state) { return {{"stamp", state.stamp}, {"sha256", state.sha256}}; }

FileState file_state_from(const nlohmann::ordered_json& record) {
  return {record.at("stamp").get<std::string>(), record.at("sha256").get<std::string>()};
}

}  // namespace voxprior
