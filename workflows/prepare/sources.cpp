#include "workflows/prepare/sources.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "base/error.h"
#include "workflows/files.h"

namespace voxprior {
namespace fs = std::filesystem;
namespace {

using ClassNames = std::map<fs::path, std::string>;  // of files

/// The volume files of a folder at any depth, or the file itself.
std::vector<fs::path> volume_files(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_regular_file(path, ignored)) {
    format_of_name(path);
    return {path};
  }
  if (!fs::is_directory(path, ignored)) fail(ExitCode::input, path, ": no such file or folder; check the name");
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(path))
    if (entry.is_regular_file(ignored) && !volume_ending(entry.path()).empty()) files.push_back(entry.path());
  if (files.empty())
    fail(ExitCode::input, path,
         ": no .nii, .nii.gz, .nrrd or .mha volume in it; turn DICOM series into such files with voxprior convert");
  return files;
}

/// Labels may lie in a folder within the images': they are no images.
void leave_out_labels(const fs::path& labels, std::vector<PrepareSource>& files) {
  const fs::path folder = fs::weakly_canonical(labels);
  const auto is_label = [&](const PrepareSource& source) {
    const fs::path relative = fs::canonical(source.file).lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
  };
  files.erase(std::remove_if(files.begin(), files.end(), is_label), files.end());
}

/// One entry for each file, however it was reached. In the order of paths.
void keep_unique(std::vector<PrepareSource>& files) {
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
  std::set<fs::path> seen;
  const auto twice = [&](const PrepareSource& source) { return !seen.insert(fs::canonical(source.file)).second; };
  files.erase(std::remove_if(files.begin(), files.end(), twice), files.end());
}

void add_class_folders(const std::vector<std::string>& classes, PrepareSources& sources, ClassNames& names) {
  for (const std::string& text : classes) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
      fail(ExitCode::usage, "--class: must be NAME=FOLDER, got '", text, "'");
    for (const fs::path& file : volume_files(text.substr(equals + 1))) {
      const std::string name = text.substr(0, equals);
      const auto [known, added] = names.emplace(fs::canonical(file), name);
      if (!added && known->second != name)
        fail(ExitCode::input, file, ": has two classes, ", known->second, " and ", name, "; give it one");
      sources.files.push_back({file, {}, {}});
    }
  }
}

/// The fields of a line of RFC 4180; a quoted field may hold commas.
std::vector<std::string> csv_fields(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t n = 0; n < line.size(); ++n) {
    const char c = line[n];
    if (c == '"' && quoted && n + 1 < line.size() && line[n + 1] == '"') {
      fields.back() += line[++n];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c != '\r') {
      fields.back() += c;
    }
  }
  return fields;
}

/// Adds the classes of a table. A file in it is a path, from the table's folder, or the name of one input.
void read_class_table(const fs::path& table, const std::vector<PrepareSource>& files, ClassNames& names) {
  check_readable(table);
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  if (csv_fields(line) != std::vector<std::string>{"file", "class"})
    fail(ExitCode::input, table, ": its first line must be file,class");
  for (int number = 2; std::getline(file, line); ++number) {
    const auto fields = csv_fields(line);
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != 2 || fields[0].empty() || fields[1].empty())
      fail(ExitCode::input, table, ", line ", number, ": must hold a file and its class, separated by one comma");
    const auto is_meant = [&](const PrepareSource& source) {
      std::error_code ignored;
      return source.file.filename() == fields[0] ||
             fs::equivalent(source.file, table.parent_path() / fields[0], ignored);
    };
    const auto matches = std::count_if(files.begin(), files.end(), is_meant);
    if (matches != 1)
      fail(ExitCode::input, table, ", line ", number, ": ", matches, " input files are called ", fs::path(fields[0]),
           "; name exactly one");
    const fs::path meant = fs::canonical(std::find_if(files.begin(), files.end(), is_meant)->file);
    const auto [known, added] = names.emplace(meant, fields[1]);
    if (!added && known->second != fields[1])
      fail(ExitCode::input, table, ", line ", number, ": gives the file a second class; give it one");
  }
}

void assign_classes(const ClassNames& names, PrepareSources& sources) {
  std::set<std::string> distinct;
  for (const auto& [file, name] : names) distinct.insert(name);
  sources.classes.assign(distinct.begin(), distinct.end());
  if (names.empty()) return;
  for (PrepareSource& source : sources.files) {
    const auto found = names.find(fs::canonical(source.file));
    if (found == names.end())
      fail(ExitCode::input, source.file, ": has no class while others have one; give it one or leave it out");
    source.class_index = static_cast<std::size_t>(std::distance(distinct.begin(), distinct.find(found->second)));
  }
}

/// A label volume has the name of its image, in any of the formats.
void assign_labels(const fs::path& folder, PrepareSources& sources) {
  std::map<std::string, fs::path> labels;
  for (const fs::path& file : volume_files(folder)) {
    const std::string name = without_volume_ending(file.filename()).string();
    if (!labels.emplace(name, file).second)
      fail(ExitCode::input, file, ": a second label volume of that name; keep one");
  }
  for (PrepareSource& source : sources.files) {
    const auto found = labels.find(without_volume_ending(source.file.filename()).string());
    if (found == labels.end())
      fail(ExitCode::input, source.file, ": no label volume of that name in ", folder,
           "; add it or leave the volume out");
    source.label = found->second;
  }
}

}  // namespace

PrepareSources find_sources(const PrepareOptions& options) {
  PrepareSources sources;
  ClassNames names;
  for (const std::string& input : options.inputs)
    for (const fs::path& file : volume_files(input)) sources.files.push_back({file, {}, {}});
  add_class_folders(options.classes, sources, names);
  if (!options.labels.empty()) leave_out_labels(options.labels, sources.files);
  keep_unique(sources.files);
  if (!options.class_table.empty()) read_class_table(options.class_table, sources.files, names);
  assign_classes(names, sources);
  if (!options.labels.empty()) assign_labels(options.labels, sources);
  return sources;
}

}  // namespace voxprior
