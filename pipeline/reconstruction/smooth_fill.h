#pragma once

#include <torch/types.h>

namespace voxprior {

/// The smoothest continuation into the voxels that are not known: each is the mean of its six neighbours (of those that
/// exist), so the values lie between those around the hole. Where inpainting starts, and what it has to beat.
/// values [D,H,W] float32, known [D,H,W] bool with at least one true. Known voxels stay as they are.
///
/// First guess from coarser and coarser means of what is known, then `sweeps` sweeps of Jacobi's iteration, which mend
/// what is finer than sqrt(sweeps) voxels.
torch::Tensor smooth_fill(const torch::Tensor& values, const torch::Tensor& known, int sweeps = 60);

}  // namespace voxprior
