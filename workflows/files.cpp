#include "workflows/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "io/volume_file.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

/// Whether both names lead to one file, whether or not it exists yet.
bool same_file(const fs::path& a, const fs::path& b) {
  std::error_code ignored;
  if (fs::equivalent(a, b, ignored)) return true;
  return fs::weakly_canonical(a, ignored) == fs::weakly_canonical(b, ignored);
}

}  // namespace

void check_readable(const fs::path& path) {
  std::error_code problem;
  const fs::file_status status = fs::status(path, problem);
  if (!fs::exists(status)) fail(ExitCode::input, path, ": no such file; check the name");
  if (fs::is_directory(status)) fail(ExitCode::input, path, ": is a folder; name a volume file in it");
  if (access(path.c_str(), R_OK) != 0) {
    fail(ExitCode::input, path, ": cannot read: ", std::strerror(errno), "; check the permissions");
  }
}

void check_outputs(const std::vector<fs::path>& outputs, const std::vector<fs::path>& inputs, Overwrite overwrite) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].empty()) continue;
    for (const fs::path& input : inputs) {
      if (!input.empty() && same_file(outputs[i], input)) {
        fail(ExitCode::output, outputs[i], ": is an input, which is never modified; choose another name");
      }
    }
    for (size_t j = 0; j < i; ++j) {
      if (!outputs[j].empty() && same_file(outputs[i], outputs[j])) {
        fail(ExitCode::output, outputs[i], ": named for two outputs; choose different names");
      }
    }
    check_writable(outputs[i], overwrite);
  }
}

fs::path without_volume_ending(const fs::path& path) {
  std::string name = path.filename().string();
  name.resize(name.size() - volume_ending(path).size());
  return path.parent_path() / name;
}

}  // namespace voxprior
