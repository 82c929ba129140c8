#pragma once

#include "io/volume.h"

namespace voxprior {

/// The same voxels in the same places, with axes swapped and turned round so that they run as those of `like` do: what
/// a converter may have flipped is flipped back. Nothing is interpolated; whether the grids agree is for
/// check_same_grid() to say.
Volume with_axes_like(const Volume& volume, const Geometry& like);

}  // namespace voxprior
