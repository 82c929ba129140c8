#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "workflows/prepare/options.h"

namespace voxprior {

/// A volume file that was found, and what is known of it before it is read.
struct PrepareSource {
  std::filesystem::path file;
  std::filesystem::path label;             ///< empty: none
  std::optional<std::size_t> class_index;  ///< into PrepareSources::classes
};

struct PrepareSources {
  std::vector<PrepareSource> files;  ///< by path, each once
  std::vector<std::string> classes;  ///< sorted
};

/// Finds the volumes of all inputs, their labels and classes. Throws Error(ExitCode::input) for a missing folder or
/// label, a folder without volumes, a table that names no such file; Error(ExitCode::usage) for a class that is not
/// NAME=FOLDER.
PrepareSources find_sources(const PrepareOptions& options);

}  // namespace voxprior
