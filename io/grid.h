#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "io/volume.h"

namespace voxprior {

/// Row-major 3x4: millimetres = affine * (i, j, k, 1).
using Affine = std::array<double, 12>;

/// Refuses sizes that are not positive, one voxel thick, or whose product passes `max_voxels` (without overflowing).
void check_size(const std::filesystem::path& path, const std::array<std::int64_t, 3>& size, std::int64_t max_voxels);

/// Splits an LPS affine into spacing, origin and unit directions. Refuses, printing the matrix, what is not finite,
/// singular, or sheared: axes that miss a right angle by more than 1e-4 (rounding in files reaches about 1e-5).
Geometry geometry_from_affine(const std::filesystem::path& path, const std::array<std::int64_t, 3>& size,
                              const Affine& lps_from_index);

/// The opposite of geometry_from_affine.
Affine affine_of(const Geometry& geometry);

/// Between RAS (NIfTI) and LPS: the first two rows change sign. Its own inverse.
Affine flip_left_right_and_front_back(Affine affine);

bool same_grid(const Geometry& a, const Geometry& b);

}  // namespace voxprior
