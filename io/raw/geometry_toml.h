#pragma once

#include <filesystem>

#include "base/atomic_file.h"
#include "io/raw/projections.h"

namespace voxprior {

/// A scan's geometry in a TOML file of ours; docs/raw-data.md describes every key. Throws Error(ExitCode::input),
/// "FILE:LINE: ...", for a missing, unknown or impossible key.
ScanGeometry read_geometry_toml(const std::filesystem::path& path);

void write_geometry_toml(const std::filesystem::path& path, const ScanGeometry& scan, Overwrite overwrite);

}  // namespace voxprior
