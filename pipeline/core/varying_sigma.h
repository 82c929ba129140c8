#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// Noise levels from `least` to `greatest`, equally far apart in ln(sigma) and no further than a factor of 1.7; one if
/// the two are the same.
std::vector<double> sigma_levels(double least, double greatest);

/// D(x, sigma(r)) for a sigma that varies slowly over the volume: D at the levels around it, weighted linearly in
/// ln(sigma). x [N,1,D,H,W], sigma [N,1,D,H,W] float32; `levels` rise, and sigma outside of them takes the nearest.
/// Levels that no voxel of x needs are not evaluated. Local where D is, so it may be evaluated in tiles.
torch::Tensor denoise_varying(const Denoiser& denoise, const torch::Tensor& x, const torch::Tensor& sigma,
                              const std::vector<double>& levels);

}  // namespace voxprior
