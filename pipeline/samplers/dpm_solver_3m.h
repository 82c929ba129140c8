#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// DPM-Solver++(3M), the multistep solver of third order in lambda = -ln sigma: the step of Lu et al. 2022,
/// arXiv:2211.01095, equation 9, with D interpolated through its last three values by the exact weights of
/// exponential_weights(). So the second difference has the full weight that interpolation gives it; with half of it,
/// which is found in circulation, the order is 2.
///
/// The first two steps are of order 1 and 2: the order is seen when sampling starts at a sigma so far above the data
/// that D hardly changes there. So have steps that grow by more than a factor of two (usable_history). A step to 0
/// gives exactly D. One evaluation of `denoise` a step. x and `sigmas`: pipeline/core/sampler.h. Deterministic.
torch::Tensor sample_dpm_solver_3m(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                   const Progress& progress = {});

}  // namespace voxprior
