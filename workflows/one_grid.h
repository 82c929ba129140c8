#pragma once

#include "io/volume.h"

namespace voxprior {

/// One grid: the same voxel counts, and every voxel in the same place to a hundredth of a voxel or better.
bool on_one_grid(const Geometry& a, const Geometry& b);

}  // namespace voxprior
