#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/sampler.h"
#include "pipeline/samplers/band_errors.h"
#include "pipeline/samplers/reverse_variance.h"

namespace voxprior {

/// Ancestral sampling: each step draws from N(D + (to/from)^2 (x - D), variance(from, to)), the mean of
/// q(x_to | x_from, x0 = D). Ho et al. 2020, arXiv:2006.11239, Algorithm 2 and equation 7, in x = x_vp sqrt(1 +
/// sigma^2).
///
/// Steps and variances are those of the levels in `sigmas`, whatever finer schedule a network was trained on: with 50
/// of 1000 levels kept, beta is 1 - alpha_bar_from / alpha_bar_to of the kept neighbours (Nichol and Dhariwal 2021,
/// arXiv:2102.09672, section 4), not of the neighbours in training. No noise is added in a step to 0.
///
/// Needs many steps (100 and up). With the fixed small variance it is DDIM with eta = 1 and what others call Euler
/// ancestral. One evaluation of `denoise` a step. x and `sigmas`: pipeline/core/sampler.h.
torch::Tensor sample_ddpm(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                          const StepNoise& noise, const Progress& progress = {},
                          const ReverseVariance& variance = fixed_small_variance);

/// The same with the learned variance of each Haar band, band_variance_of_step(), and x [N,1,D,H,W]. A band that is
/// given gets noise like one of which nothing is unknown; the denoiser puts it right.
torch::Tensor sample_ddpm_by_band(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                  const StepNoise& noise, const Progress& progress, const BandErrors& errors);

}  // namespace voxprior
