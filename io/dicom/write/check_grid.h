#pragma once

#include <filesystem>

#include "io/volume.h"

namespace voxprior {

/// Throws Error(ExitCode::output), naming `name`, for a voxel that is NaN or infinite.
void check_finite(const std::filesystem::path& name, const Volume& volume);

/// Throws Error(ExitCode::input), naming `name`, unless both grids have one size and every corner voxel of one lies
/// within 1e-4 mm of that of the other.
void check_same_grid(const std::filesystem::path& name, const Geometry& volume, const Geometry& source);

/// The same for a volume that may have other slices, but only along the third axis of `source`: rows, columns and
/// directions are those of the source, and a shift along that axis is none.
void check_other_slices(const std::filesystem::path& name, const Geometry& volume, const Geometry& source);

}  // namespace voxprior
