#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace voxprior::test {

using Size = std::array<std::int64_t, 3>;
inline constexpr Size kSize{80, 76, 72};

/// A head-like object of brightness about 1000: a shaded ellipsoid with folded tissue borders, in empty air.
inline std::vector<float> head() {
  std::vector<float> voxels;
  for (std::int64_t k = 0; k < kSize[2]; ++k)
    for (std::int64_t j = 0; j < kSize[1]; ++j)
      for (std::int64_t i = 0; i < kSize[0]; ++i) {
        const double x = 2 * (i + 0.5) / kSize[0] - 1, y = 2 * (j + 0.5) / kSize[1] - 1,
                     z = 2 * (k + 0.5) / kSize[2] - 1;
        const double radius = std::sqrt((x * x + y * y + z * z) / 0.7);
        const double folds = std::sin(12 * x + 3 * y) + std::sin(11 * y - 4 * z) + std::sin(13 * z + 2 * x);
        const double tissue = folds > 0.4 ? 900 : 600;
        voxels.push_back(static_cast<float>(radius < 1 ? tissue * (1 + 0.1 * x * y) : 0));
      }
  return voxels;
}

/// Moved by half a voxel along every axis with linear interpolation.
inline std::vector<float> interpolated(std::vector<float> voxels) {
  for (const std::int64_t step : {std::int64_t{1}, kSize[0], kSize[0] * kSize[1]})
    for (std::size_t i = 0; i + step < voxels.size(); ++i) voxels[i] = (voxels[i] + voxels[i + step]) / 2;
  return voxels;
}

/// The head with borders of two voxels, as scans have.
inline std::vector<float> scan() { return interpolated(head()); }

inline std::vector<float> masked(std::vector<float> noisy, const std::vector<float>& clean) {
  for (std::size_t i = 0; i < noisy.size(); ++i)
    if (clean[i] == 0) noisy[i] = 0;
  return noisy;
}

}  // namespace voxprior::test
