#include "io/dicom/write/align_axes.h"

#include <cmath>
#include <cstddef>
#include <utility>

namespace voxprior {
namespace {

/// For each axis of the result: the axis of the volume that it is made of, and whether it runs the other way.
struct AxisMap {
  std::array<int, 3> from{0, 1, 2};
  std::array<bool, 3> reversed{false, false, false};
};

double cosine(const Geometry& a, int axis_a, const Geometry& b, int axis_b) {
  double sum = 0;
  for (int row = 0; row < 3; ++row) sum += a.lps_from_index[3 * row + axis_a] * b.lps_from_index[3 * row + axis_b];
  return sum;
}

AxisMap axis_map(const Geometry& volume, const Geometry& like) {
  AxisMap map;
  std::array<bool, 3> used{};
  for (int axis = 0; axis < 3; ++axis) {
    int best = -1;
    for (int candidate = 0; candidate < 3; ++candidate) {
      if (used[candidate]) continue;
      const double now = std::abs(cosine(volume, candidate, like, axis));
      if (best < 0 || now > std::abs(cosine(volume, best, like, axis))) best = candidate;
    }
    used[best] = true;
    map.from[axis] = best;
    map.reversed[axis] = cosine(volume, best, like, axis) < 0;
  }
  return map;
}

Geometry mapped(const Geometry& g, const AxisMap& map) {
  Geometry result = g;
  for (int axis = 0; axis < 3; ++axis) {
    const int from = map.from[axis];
    const double sign = map.reversed[axis] ? -1 : 1;
    result.size[axis] = g.size[from];
    result.spacing_mm[axis] = g.spacing_mm[from];
    for (int row = 0; row < 3; ++row) {
      const double direction = g.lps_from_index[3 * row + from];
      result.lps_from_index[3 * row + axis] = sign * direction;
      if (map.reversed[axis]) {
        result.origin_mm[row] += direction * g.spacing_mm[from] * static_cast<double>(g.size[from] - 1);
      }
    }
  }
  return result;
}

}  // namespace

Volume with_axes_like(const Volume& volume, const Geometry& like) {
  const AxisMap map = axis_map(volume.geometry, like);
  Volume result = volume;
  result.geometry = mapped(volume.geometry, map);

  const auto& size = volume.geometry.size;
  const std::array<std::int64_t, 3> stride{1, size[0], size[0] * size[1]};
  std::int64_t start = 0;
  std::array<std::int64_t, 3> step{};
  for (int axis = 0; axis < 3; ++axis) {
    const int from = map.from[axis];
    step[axis] = map.reversed[axis] ? -stride[from] : stride[from];
    if (map.reversed[axis]) start += stride[from] * (size[from] - 1);
  }
  float* out = result.voxels.data();
  const auto& n = result.geometry.size;
  for (std::int64_t k = 0; k < n[2]; ++k) {
    for (std::int64_t j = 0; j < n[1]; ++j) {
      const std::int64_t row = start + k * step[2] + j * step[1];
      for (std::int64_t i = 0; i < n[0]; ++i) *out++ = volume.voxels[static_cast<std::size_t>(row + i * step[0])];
    }
  }
  return result;
}

}  // namespace voxprior
