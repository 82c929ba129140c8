#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// UniPC: a multistep predictor and a corrector that reuses the evaluation of the next step. Zhao et al. 2023,
/// arXiv:2302.04867, section 3, multistep and with data prediction (appendix), with B2(h) = e^h - 1, alpha = 1, lambda
/// = -ln sigma.
///
/// Order p in {2, 3} interpolates D through p values to predict and p + 1 to correct. B(h) matters only where the paper
/// takes a_1 = 1/2 instead of solving for it (predictor of order 2, corrector of order 1): elsewhere the conditions
/// on the coefficients are those of interpolation and leave nothing to choose. The corrected solution has order p + 1.
///
/// The first steps, and steps that grow fast (usable_history), use fewer values and have lower order, as in
/// sample_dpm_solver_3m. The last step is not corrected: that would take an evaluation more; to 0 it gives exactly D.
/// One evaluation of `denoise` a step. x and `sigmas`: pipeline/core/sampler.h. Deterministic.
torch::Tensor sample_unipc(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                           const Progress& progress = {}, int order = 2);

}  // namespace voxprior
