#pragma once

#include <filesystem>

#include "io/volume.h"

namespace voxprior {

/// Throws Error(ExitCode::input), naming `name`, unless both grids have one size and every corner voxel of one lies
/// within 1e-4 mm of that of the other.
void check_same_grid(const std::filesystem::path& name, const Geometry& volume, const Geometry& source);

}  // namespace voxprior
