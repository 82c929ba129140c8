#pragma once

#include <vector>

#include "io/grid.h"
#include "io/volume.h"

namespace voxprior {

enum class Regridding {
  nearest,  ///< no new values: for labels
  linear,   ///< never beyond the values around
  bspline   ///< cubic: sharper. Clipped to the range of the source; where everything around has the value of
            ///< `outside`, as in a zeroed background, that value stays exact
};

/// The values of a volume on another grid: that at the target's point p (LPS mm) is the source's at
/// source_from_target * p, a rigid transform, and `outside` where the source has no voxel. Where every target voxel
/// lies on a source voxel, values are copied and nothing is interpolated, whatever `how` says.
///
/// Linear and bspline smooth the source first along each axis whose voxels are smaller than the target's, by the
/// Gaussian that widens one voxel's extent to the other's: variance (target^2 - source^2) / (8 ln 2), in mm (Cardoso et
/// al., Scale factor point spread function matching, MICCAI 2015). Uses one thread; the result is always the same.
std::vector<float> regrid(const Volume& source, const Geometry& target, const Affine& source_from_target,
                          Regridding how, float outside);

}  // namespace voxprior
