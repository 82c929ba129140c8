#pragma once

#include "io/volume.h"

namespace voxprior {

enum class Interpolation {
  linear,  ///< never beyond the values around
  bspline  ///< cubic: sharper, may overshoot at edges
};

/// A volume on a sheared grid (gantry tilt), resampled onto an upright one: rows, columns and their spacing stay, the
/// third axis becomes perpendicular to the planes with the distance between planes as spacing. The new grid covers all
/// of the old one; what lies outside of the old one gets the smallest value of the volume. A grid that is upright
/// already comes back with its voxels unchanged.
Volume resample_upright(const Volume& sheared, Interpolation interpolation);

}  // namespace voxprior
