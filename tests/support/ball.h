#pragma once

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "pipeline/operators/ct_geometry.h"

namespace voxprior::test {

/// [V,R,U]: `of_distance2` of the squared distance in mm^2 from `centre_mm` to each ray of the geometry.
template <typename OfDistance2>
torch::Tensor line_integrals(const CtGeometry& g, const std::array<double, 3>& centre_mm, OfDistance2 of_distance2) {
  const torch::Tensor result = torch::zeros({g.views(), g.detector_rows, g.detector_columns});
  auto p = result.accessor<float, 3>();
  for (std::int64_t v = 0; v < g.views(); ++v)
    for (std::int64_t u = 0; u < g.detector_columns; ++u) {
      const CtPlanarRay ray = planar_ray(g, v, u);
      for (std::int64_t r = 0; r < g.detector_rows; ++r) {
        const bool cone = g.beam == CtBeam::cone;
        const double z = cone ? 0 : g.voxel_mm(2, static_cast<double>(r));
        const double dz = cone ? g.row_mm(static_cast<double>(r)) / ray.detector_mm : 0;
        const double to[3] = {centre_mm[0] - ray.x_mm, centre_mm[1] - ray.y_mm, centre_mm[2] - z};
        const double along = (to[0] * ray.dx + to[1] * ray.dy + to[2] * dz) / std::sqrt(1 + dz * dz);
        p[v][r][u] = static_cast<float>(of_distance2(to[0] * to[0] + to[1] * to[1] + to[2] * to[2] - along * along));
      }
    }
  return result;
}

/// A ball of uniform attenuation, whose voxels and line integrals have closed forms.
struct Ball {
  std::array<double, 3> centre_mm{0, 0, 0};  ///< x, y, z from the isocentre
  double radius_mm = 1;
  double attenuation = 0.02;  ///< 1/mm

  /// The ball on the geometry's grid; voxels on the surface in proportion to what of them is inside, from `samples`^3
  /// points.
  torch::Tensor voxels(const CtGeometry& g, int samples = 4) const {
    const torch::Tensor volume = torch::zeros({g.volume_size[0], g.volume_size[1], g.volume_size[2]});
    auto v = volume.accessor<float, 3>();
    for (int k = 0; k < v.size(0); ++k)
      for (int j = 0; j < v.size(1); ++j)
        for (int i = 0; i < v.size(2); ++i)
          v[k][j][i] = static_cast<float>(attenuation * fraction(g, i, j, k, samples));
    return volume;
  }

  /// Exact line integrals, [V,R,U].
  torch::Tensor projections(const CtGeometry& g) const {
    const double r2 = radius_mm * radius_mm, mu = attenuation;
    return line_integrals(g, centre_mm, [=](double d2) { return 2 * mu * std::sqrt(std::max(0.0, r2 - d2)); });
  }

 private:
  double fraction(const CtGeometry& g, int i, int j, int k, int samples) const {
    int inside = 0;
    for (int a = 0; a < samples; ++a)
      for (int b = 0; b < samples; ++b)
        for (int c = 0; c < samples; ++c) {
          const auto shift = [&](int s) { return (s + 0.5) / samples - 0.5; };
          const double x = g.voxel_mm(0, i + shift(a)) - centre_mm[0], y = g.voxel_mm(1, j + shift(b)) - centre_mm[1],
                       z = g.voxel_mm(2, k + shift(c)) - centre_mm[2];
          inside += x * x + y * y + z * z <= radius_mm * radius_mm;
        }
    return static_cast<double>(inside) / (samples * samples * samples);
  }
};

}  // namespace voxprior::test
