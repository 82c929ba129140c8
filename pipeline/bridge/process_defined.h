#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/bridge/predictor.h"

namespace voxprior {

/// The sampler that the process x = (1 - a) x0 + a y itself defines (after Yang et al. 2023, arXiv:2305.04457): each
/// step predicts x0 and mixes it with the scan again, in the next share,
///
///   x_b = (1 - b) f(x_a, a) + b y,   a = path[i], b = path[i+1]
///
/// Each point is made anew, so that the error of f enters in full and at 0 only the last prediction is left. One
/// evaluation a step.
torch::Tensor sample_process_defined(const BridgePredictor& predict, const torch::Tensor& scan,
                                     const std::vector<double>& path);

}  // namespace voxprior
