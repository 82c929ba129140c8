#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// DPM-Solver++(2M), the multistep solver of second order: Lu et al. 2022, arXiv:2211.01095, Algorithm 2, with alpha =
/// 1 and lambda = -ln sigma. With steps h = ln(sigma/sigma') and h_before,
///
///   x' = (sigma'/sigma) x + (1 - sigma'/sigma) (D + (h / (2 h_before)) (D - D_before))
///
/// The first step, a step more than twice as long as the one before (usable_history) and so a step to 0 are of first
/// order, the last exactly D. One evaluation of `denoise` a step.
/// x and `sigmas`: pipeline/core/sampler.h. Deterministic.
torch::Tensor sample_dpm_solver_2m(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                   const Progress& progress = {});

}  // namespace voxprior
