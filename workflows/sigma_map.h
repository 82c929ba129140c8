#pragma once

#include <filesystem>
#include <vector>

#include "io/volume_file.h"

namespace voxprior {

/// A file that holds the standard deviation of the noise for each voxel of `volume`, in its unit. Where the volume is
/// exactly 0 (a masked background) the map may be 0 too: such voxels get the least sigma of the others.
/// Throws Error(ExitCode::input) for another grid, a negative sigma, or a zero where there is something to see.
std::vector<float> read_sigma_map(const std::filesystem::path& path, const Volume& volume, const ReadOptions& reading);

}  // namespace voxprior
