#pragma once

#include <algorithm>
#include <cmath>

#include "io/volume.h"

namespace voxprior::test {

/// `factor` slices for each thick one, about the same centre, linear between the centres of the thick ones.
inline Volume thin_slices_of(const Volume& thick, std::int64_t factor) {
  Volume thin = thick;
  Geometry& grid = thin.geometry;
  grid.size[2] *= factor;
  grid.spacing_mm[2] /= static_cast<double>(factor);
  const double first = (1. / static_cast<double>(factor) - 1) / 2;  // in thick slices
  for (std::size_t row = 0; row < 3; ++row)
    grid.origin_mm[row] += first * thick.geometry.spacing_mm[2] * grid.lps_from_index[3 * row + 2];
  const auto plane = static_cast<std::size_t>(grid.size[0] * grid.size[1]);
  const double last = static_cast<double>(thick.geometry.size[2] - 1);
  thin.voxels.resize(static_cast<std::size_t>(grid.voxel_count()));
  for (std::int64_t k = 0; k < grid.size[2]; ++k) {
    const double at = std::clamp(first + static_cast<double>(k) / static_cast<double>(factor), 0., last);
    const auto below = static_cast<std::size_t>(std::min(std::floor(at), last - 1));
    const auto share = static_cast<float>(at - static_cast<double>(below));
    for (std::size_t n = 0; n < plane; ++n)
      thin.voxels[static_cast<std::size_t>(k) * plane + n] =
          (1 - share) * thick.voxels[below * plane + n] + share * thick.voxels[(below + 1) * plane + n];
  }
  return thin;
}

}  // namespace voxprior::test
