#pragma once

#include <cstdint>

#include "pipeline/operators/ct_geometry.h"

namespace voxprior {

/// The path of a ray in the plane of rotation by Joseph's rule: it steps from one plane of voxels to the next along the
/// axis on which it advances more voxels, and between them interpolates linearly along the other axis.
///
/// Joseph, An improved algorithm for reprojecting rays through pixel images. IEEE Transactions on Medical Imaging
/// 1:192-196, 1982.
struct CtRayPath {
  bool along_x;              ///< the steps go along x (W), the interpolation along y (H); or the other way round
  std::int64_t first, last;  ///< steps [first, last) pass within a voxel of the grid
  double start, slope;       ///< at step k the ray is at start + slope * k on the other axis, in voxels from index 0
  double step_mm;            ///< length in the plane
  double travelled_mm, travelled_step_mm;  ///< distance from the ray's origin: travelled + travelled_step * k

  double other(std::int64_t k) const { return start + slope * static_cast<double>(k); }
  double distance_mm(std::int64_t k) const { return travelled_mm + travelled_step_mm * static_cast<double>(k); }
};

CtRayPath ray_path(const CtGeometry& geometry, const CtPlanarRay& ray);

/// The steps of a path at which its position on the other axis is in [low, high), a superset by up to one step at
/// either end.
struct CtSteps {
  std::int64_t first, last;
};
CtSteps steps_between(const CtRayPath& path, double low, double high);

}  // namespace voxprior
