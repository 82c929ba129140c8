#include "workflows/prepare/oriented.h"

#include <array>

#include "workflows/anatomy.h"

namespace voxprior {
namespace {

constexpr std::array<bool, 3> kAgainstLps{true, true, false};  // R, A and S

/// For the new axis n: the old axis it is, and whether it runs the other way.
struct AxisMap {
  std::array<int, 3> old_axis;
  std::array<bool, 3> turned;
};

Geometry mapped(const Geometry& old, const AxisMap& map) {
  Geometry grid = old;
  for (int n = 0; n < 3; ++n) {
    const int from = map.old_axis[n];
    grid.size[n] = old.size[from];
    grid.spacing_mm[n] = old.spacing_mm[from];
    const double length_mm = static_cast<double>(old.size[from] - 1) * old.spacing_mm[from];
    for (int row = 0; row < 3; ++row) {
      const double along = old.lps_from_index[3 * row + from];
      grid.lps_from_index[3 * row + n] = map.turned[n] ? -along : along;
      if (map.turned[n]) grid.origin_mm[row] += length_mm * along;
    }
  }
  return grid;
}

std::vector<float> mapped(const std::vector<float>& voxels, const Geometry& old, const Geometry& grid,
                          const AxisMap& map) {
  const std::array<std::int64_t, 3> stride{1, old.size[0], old.size[0] * old.size[1]};
  std::array<std::int64_t, 3> step{};
  std::int64_t start = 0;
  for (int n = 0; n < 3; ++n) {
    step[n] = stride[map.old_axis[n]];
    if (!map.turned[n]) continue;
    start += step[n] * (grid.size[n] - 1);
    step[n] = -step[n];
  }
  std::vector<float> result;
  result.reserve(voxels.size());
  for (std::int64_t k = 0; k < grid.size[2]; ++k)
    for (std::int64_t j = 0; j < grid.size[1]; ++j)
      for (std::int64_t i = 0; i < grid.size[0]; ++i)
        result.push_back(voxels[static_cast<std::size_t>(start + i * step[0] + j * step[1] + k * step[2])]);
  return result;
}

}  // namespace

Volume oriented_to_ras(Volume volume) {
  const AnatomicalAxes axes = anatomical_axes(volume.geometry);
  AxisMap map{};
  for (int n = 0; n < 3; ++n) {
    map.old_axis[n] = axes.index_axis[n];
    map.turned[n] = axes.reversed[n] != kAgainstLps[n];
  }
  const Geometry grid = mapped(volume.geometry, map);
  volume.voxels = mapped(volume.voxels, volume.geometry, grid, map);
  volume.geometry = grid;
  return volume;
}

}  // namespace voxprior
