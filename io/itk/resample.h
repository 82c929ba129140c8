#pragma once

#include <array>

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

/// The grid with voxels of `spacing_mm` that covers what `grid` covers: the same directions and centre, and as many
/// voxels along each axis as come nearest to its extent (voxels times spacing), at least one. Values of `spacing_mm`
/// are positive. `grid` is upright.
Geometry grid_with_spacing(const Geometry& grid, const std::array<double, 3>& spacing_mm);

/// A volume on grid_with_spacing, by regrid (io/itk/regrid.h): smoothed first along axes that get coarser. Header bytes
/// of the file that it came from are left behind, since they describe the old grid. A grid that has this spacing
/// already comes back unchanged.
Volume resample_to_spacing(const Volume& volume, const std::array<double, 3>& spacing_mm, Interpolation interpolation);

}  // namespace voxprior
