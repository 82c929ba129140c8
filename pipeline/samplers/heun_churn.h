#pragma once

#include <torch/types.h>

#include <limits>
#include <vector>

#include "pipeline/core/sampler.h"

namespace voxprior {

/// How much noise a Heun sampler adds before each step: the S_ parameters of Karras et al. 2022, section 4.
struct Churn {
  double amount = 20;                                          ///< S_churn, shared by the steps; 0 is plain Heun
  double sigma_min = 0;                                        ///< S_tmin: no churn at lower levels
  double sigma_max = std::numeric_limits<double>::infinity();  ///< S_tmax: no churn at higher levels
  double noise_std = 1;  ///< S_noise: above 1 makes up for detail that an imperfect denoiser removes
};

/// Heun's method with noise added before each step: Karras et al. 2022, arXiv:2206.00364, Algorithm 2. At level sigma,
///
///   gamma = min(S_churn / steps, sqrt(2) - 1),   sigma^ = (1 + gamma) sigma,   x^ = x + sqrt(sigma^^2 - sigma^2) n,
///
/// and a Heun step goes from sigma^ to the next level. The noise forgets errors of earlier steps; with noise_std 1 the
/// exact denoiser keeps the distribution exactly. D is asked at up to sqrt(2) sigmas.front(). Cost as sample_heun.
torch::Tensor sample_heun_churn(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                const StepNoise& noise, const Progress& progress = {}, const Churn& churn = {});

}  // namespace voxprior
