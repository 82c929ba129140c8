#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// Follows the probability-flow ODE  dx/dsigma = (x - D(x, sigma)) / sigma  from sigmas.front() to sigmas.back() with
/// Heun's second-order method: Karras et al. 2022, arXiv:2206.00364, Algorithm 1, with sigma(t) = t and s(t) = 1.
///
/// x has the shape and unit that `denoise` takes and carries noise of standard deviation sigmas.front().
/// `sigmas` falls strictly; a last value of 0 is reached by an Euler step, the ODE having no slope there.
/// Costs 2 * (sigmas.size() - 1) evaluations of `denoise`, one less if the last value is 0. Deterministic.
torch::Tensor sample_heun(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                          const Progress& progress = {});

/// One step of it from `sigma` > 0 to `next` >= 0, which may also lie above `sigma`: towards the noise.
torch::Tensor heun_step(const Denoiser& denoise, const torch::Tensor& x, double sigma, double next);

}  // namespace voxprior
