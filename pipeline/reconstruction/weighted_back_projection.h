#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/operators/ct_geometry.h"

namespace voxprior {

/// The last step of filtered back-projection: every voxel adds up, over the views, what its ray meets on the detector,
/// linearly interpolated between columns (cone beam: and rows) and zero beyond the detector,
///
///   f(voxel) = sum_v  weights_rad[v] / L^2 * filtered[v](row, column)
///
/// where L is 1 for a parallel beam; for others the distance from the source to the voxel, along the central ray if the
/// detector is flat and within the plane of rotation if it is an arc, divided by source_to_isocentre_mm.
///
/// filtered [V,R,U] float32 on the CPU; returns [D,H,W]. Not the adjoint of CtProjector: voxel-driven and weighted.
torch::Tensor weighted_back_projection(const CtGeometry& geometry, const torch::Tensor& filtered,
                                       const std::vector<double>& weights_rad);

}  // namespace voxprior
