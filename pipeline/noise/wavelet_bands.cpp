#include "pipeline/noise/wavelet_bands.h"

#include <cmath>

namespace voxprior {
namespace {

constexpr int kTaps = 4;

struct Filters {
  std::array<float, kTaps> low, high;
};

/// Daubechies 1988: (1 + sqrt 3, 3 + sqrt 3, 3 - sqrt 3, 1 - sqrt 3) / (4 sqrt 2) and its mirror with alternating
/// signs.
Filters daubechies2() {
  const double root = std::sqrt(3.0), unit = 4 * std::sqrt(2.0);
  const std::array<double, kTaps> low{(1 + root) / unit, (3 + root) / unit, (3 - root) / unit, (1 - root) / unit};
  Filters filters;
  for (int t = 0; t < kTaps; ++t) {
    filters.low[t] = static_cast<float>(low[t]);
    filters.high[t] = static_cast<float>((t % 2 ? -1 : 1) * low[kTaps - 1 - t]);
  }
  return filters;
}

struct Grid {
  const float* data;
  std::array<std::int64_t, 3> size;
};

/// Filters along one axis at every second position.
std::vector<float> filter_axis(const Grid& in, int axis, const std::array<float, kTaps>& taps) {
  std::array<std::int64_t, 3> size = in.size;
  size[axis] = (in.size[axis] - kTaps) / 2 + 1;
  const std::int64_t along = axis == 0 ? 1 : axis == 1 ? in.size[0] : in.size[0] * in.size[1];
  std::vector<float> out(static_cast<std::size_t>(size[0] * size[1] * size[2]));
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j < size[1]; ++j) {
      const float* row = in.data + ((axis == 2 ? 2 * k : k) * in.size[1] + (axis == 1 ? 2 * j : j)) * in.size[0];
      float* target = out.data() + (k * size[1] + j) * size[0];
      const std::int64_t step = axis == 0 ? 2 : 1;
      for (std::int64_t i = 0; i < size[0]; ++i) {
        const float* p = row + i * step;
        target[i] = taps[0] * p[0] + taps[1] * p[along] + taps[2] * p[2 * along] + taps[3] * p[3 * along];
      }
    }
  return out;
}

}  // namespace

WaveletBands wavelet_bands(const float* voxels, std::array<std::int64_t, 3> size_ijk) {
  static const Filters filters = daubechies2();
  WaveletBands bands;
  int axes = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const bool transformed = size_ijk[axis] >= kTaps;
    axes += transformed;
    bands.size[axis] = transformed ? (size_ijk[axis] - kTaps) / 2 + 1 : size_ijk[axis];
    bands.stride[axis] = transformed ? 2 : 1;
  }
  bands.low_gain = std::pow(2.0, axes / 2.0);
  bands.activity.assign(static_cast<std::size_t>(bands.size[0] * bands.size[1] * bands.size[2]), 0.0f);

  /// The band that is high-pass along the axes in `high` and low-pass along the others.
  const auto band = [&](std::array<bool, 3> high) {
    std::vector<float> current;
    Grid grid{voxels, size_ijk};
    for (int axis = 0; axis < 3; ++axis) {
      if (bands.stride[axis] == 1) continue;
      std::vector<float> next = filter_axis(grid, axis, high[axis] ? filters.high : filters.low);
      current = std::move(next);
      grid.data = current.data();
      grid.size[axis] = bands.size[axis];
    }
    if (axes == 0) current.assign(voxels, voxels + bands.activity.size());
    return current;
  };

  bands.low = band({false, false, false});
  bands.detail = band({true, true, true});
  for (int axis = 0; axis < 3; ++axis) {
    if (bands.stride[axis] == 1) continue;
    const std::vector<float> one_high = band({axis == 0, axis == 1, axis == 2});
    for (std::size_t i = 0; i < one_high.size(); ++i)
      bands.activity[i] += one_high[i] * one_high[i] / static_cast<float>(axes);
  }
  return bands;
}

}  // namespace voxprior
