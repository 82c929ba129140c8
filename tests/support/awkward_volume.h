#pragma once

#include <cmath>

#include "io/volume.h"

namespace voxprior::test {

/// Small, oblique, anisotropic, of unequal odd and even sizes, with negative values and no two voxels alike: a swapped
/// axis, a flipped sign or a lost voxel all show. The values -1000, -997, ... suit every type from int16 up.
inline Volume awkward_volume() {
  Volume volume;
  Geometry& geometry = volume.geometry;
  geometry.size = {7, 5, 6};
  geometry.spacing_mm = {0.7, 1.3, 2.9};
  geometry.origin_mm = {-31.25, 17.5, 203.125};
  // Two turns, about z and about x, by angles that no axis comes back from.
  const double cz = std::cos(0.3), sz = std::sin(0.3), cx = std::cos(-0.5), sx = std::sin(-0.5);
  geometry.lps_from_index = {cz, -sz * cx, sz * sx, sz, cz * cx, -cz * sx, 0, sx, cx};
  for (std::int64_t n = 0; n < geometry.voxel_count(); ++n) volume.voxels.push_back(static_cast<float>(3 * n - 1000));
  return volume;
}

}  // namespace voxprior::test
