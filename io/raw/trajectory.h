#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/raw/kspace.h"
#include "io/raw/number_array.h"

namespace voxprior {

/// Brings a trajectory [sample][i, j, k] to cycles per field of view, in place. No format says what its numbers mean,
/// so the largest of those along axes longer than 1 does: up to 0.5 they are cycles per voxel (k-space ends at 0.5), up
/// to 1 shares of the way to the edge (k-space ends at 1), above that cycles per field of view (it ends at N/2)
/// already. Returns what was found, in words for the user. Throws Error(ExitCode::input) for numbers that are not
/// finite, all 0, or beyond what `size` voxels resolve.
std::string to_cycles_per_view(const std::filesystem::path& path, std::vector<float>& trajectory,
                               const std::array<std::int64_t, 3>& size);

/// The positions in an array [..., samples of a readout, 2 or 3] of real numbers, as [sample][i, j, k], k = 0 if
/// missing. BART's files, which are always complex, must have imaginary parts of 0. Throws Error(ExitCode::input).
std::vector<float> trajectory_from_array(const std::filesystem::path& path, const NumberArray& array);

/// K-space off the grid, out of an array [coil, ...] with as many samples in each coil as the trajectory. The grid of
/// the image has `size` voxels, or as many as the trajectory resolves where that is {0, 0, 0}. Throws
/// Error(ExitCode::input).
KSpace kspace_from_arrays(const std::filesystem::path& path, NumberArray samples,
                          const std::filesystem::path& trajectory_path, const NumberArray& trajectory,
                          const std::array<std::int64_t, 3>& size);

}  // namespace voxprior
