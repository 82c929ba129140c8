#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "io/volume.h"

namespace voxprior::test {

/// How two volumes that may store their voxels in another order differ in the patient.
struct WorldDifference {
  double place_mm =
      std::numeric_limits<double>::infinity();             ///< greatest distance from a voxel of a to the nearest of b
  double value = std::numeric_limits<double>::infinity();  ///< greatest difference between voxels of one place
  bool same_count = false;                                 ///< as many voxels: every place of b was met once
};

inline std::array<double, 3> world_place(const Geometry& grid, const std::array<double, 3>& index) {
  std::array<double, 3> mm = grid.origin_mm;
  for (int row = 0; row < 3; ++row) {
    for (int axis = 0; axis < 3; ++axis)
      mm[row] += grid.lps_from_index[3 * row + axis] * grid.spacing_mm[axis] * index[axis];
  }
  return mm;
}

/// Index of a place, for perpendicular axes.
inline std::array<double, 3> index_at(const Geometry& grid, const std::array<double, 3>& mm) {
  std::array<double, 3> index{};
  for (int axis = 0; axis < 3; ++axis) {
    for (int row = 0; row < 3; ++row)
      index[axis] += grid.lps_from_index[3 * row + axis] * (mm[row] - grid.origin_mm[row]) / grid.spacing_mm[axis];
  }
  return index;
}

inline WorldDifference compare_in_world(const Volume& a, const Volume& b) {
  const Geometry &grid = a.geometry, &other = b.geometry;
  WorldDifference difference{0, 0, grid.voxel_count() == other.voxel_count()};
  for (std::int64_t n = 0; n < grid.voxel_count(); ++n) {
    const std::array<double, 3> index{static_cast<double>(n % grid.size[0]),
                                      static_cast<double>(n / grid.size[0] % grid.size[1]),
                                      static_cast<double>(n / grid.size[0] / grid.size[1])};
    const std::array<double, 3> place = world_place(grid, index);
    std::array<double, 3> nearest = index_at(other, place);
    for (int axis = 0; axis < 3; ++axis) {
      nearest[axis] = std::round(nearest[axis]);
      if (nearest[axis] < 0 || nearest[axis] >= static_cast<double>(other.size[axis])) return {};
    }
    const std::array<double, 3> met = world_place(other, nearest);
    const double distance = std::hypot(met[0] - place[0], met[1] - place[1], met[2] - place[2]);
    difference.place_mm = std::max(difference.place_mm, distance);
    const auto m = (static_cast<std::int64_t>(nearest[2]) * other.size[1] + static_cast<std::int64_t>(nearest[1])) *
                       other.size[0] +
                   static_cast<std::int64_t>(nearest[0]);
    const double value =
        std::abs(double{a.voxels[static_cast<std::size_t>(n)]} - b.voxels[static_cast<std::size_t>(m)]);
    difference.value = std::max(difference.value, value);
  }
  return difference;
}

}  // namespace voxprior::test
