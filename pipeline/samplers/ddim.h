#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/sampler.h"

namespace voxprior {

/// DDIM with stochasticity eta in [0, 1]: Song et al. 2021, arXiv:2010.02502, equations 12 and 16. In the coordinates
/// x = x0 + sigma n, with s = eta to sqrt(1 - to^2/from^2),
///
///   x' = D + sqrt(to^2 - s^2) (x - D)/from + s n
///
/// eta = 0 is deterministic and equal to sample_euler; eta = 1 is sample_ddpm with the fixed small variance.
/// One evaluation of `denoise` a step. x and `sigmas`: pipeline/core/sampler.h.
torch::Tensor sample_ddim(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                          const StepNoise& noise, const Progress& progress = {}, double eta = 0);

}  // namespace voxprior
