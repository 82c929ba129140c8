#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// Follows the probability-flow ODE  dx/dsigma = (x - D(x, sigma)) / sigma  with Euler's first-order method:
///
///   x' = (sigma'/sigma) x + (1 - sigma'/sigma) D(x, sigma)
///
/// Karras et al. 2022, arXiv:2206.00364, Algorithm 1 without its correction. In these coordinates it is DDIM with
/// eta = 0 and the first-order DPM-Solver++. One evaluation of `denoise` a step, a last level of 0 included.
/// x and `sigmas` as for every sampler: pipeline/core/sampler.h. Deterministic.
torch::Tensor sample_euler(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                           const Progress& progress = {});

}  // namespace voxprior
