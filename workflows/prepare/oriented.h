#pragma once

#include "io/volume.h"

namespace voxprior {

/// The same voxels in the same place with i, j, k running towards the patient's right, front and head (RAS), or, for
/// oblique volumes, along the axes nearest to these. Axes are exchanged and reversed; nothing is interpolated.
Volume oriented_to_ras(Volume volume);

}  // namespace voxprior
