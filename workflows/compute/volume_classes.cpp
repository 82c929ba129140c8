#include "workflows/compute/volume_classes.h"

#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

bool is_in(const fs::path& file, const fs::path& folder) {
  const fs::path relative = fs::weakly_canonical(file).lexically_relative(fs::weakly_canonical(folder));
  return !relative.empty() && *relative.begin() != "..";
}

bool matches(const fs::path& file, const std::string& entry) {
  if (entry.find('*') != std::string::npos) return fnmatch(entry.c_str(), file.c_str(), 0) == 0;
  return is_in(file, entry);
}

}  // namespace

std::string expand_variables(std::string text) {
  for (std::size_t start; (start = text.find("${")) != std::string::npos;) {
    const std::size_t end = text.find('}', start);
    if (end == std::string::npos) fail(ExitCode::usage, "data: '", text, "' has '${' without '}'");
    const std::string name = text.substr(start + 2, end - start - 2);
    const char* value = std::getenv(name.c_str());
    if (!value)
      fail(ExitCode::usage, "data: environment variable ", name,
           " is not set; set it to the folder that holds the data");
    text.replace(start, end - start + 1, value);
  }
  return text;
}

VolumeClasses::VolumeClasses(const std::map<std::string, std::vector<std::string>>& table) : table_(table) {
  for (auto& [name, entries] : table_)
    for (std::string& entry : entries) entry = expand_variables(entry);
}

std::string VolumeClasses::of(const fs::path& file) const {
  std::string found;
  for (const auto& [name, entries] : table_) {
    const bool is =
        std::any_of(entries.begin(), entries.end(), [&](const auto& entry) { return matches(file, entry); });
    if (is && !found.empty())
      fail(ExitCode::input, file, ": is of two classes of data.classes, ", found, " and ", name, "; make it one");
    if (is) found = name;
  }
  if (found.empty() && !table_.empty())
    fail(ExitCode::input, file, ": is of no class of data.classes; add it to one or leave it out with data.exclude");
  return found;
}

}  // namespace voxprior
