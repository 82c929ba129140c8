#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/bridge/predictor.h"

namespace voxprior {

// The drift-corrected sampler (after Yang et al. 2023, arXiv:2305.04457, and the improved sampling of Bansal et al.
// 2022, Cold diffusion, arXiv:2208.09392): a step takes away where the process would be at share a and adds where it
// would be at share b, so that what was wrong with x stays as it is instead of being made anew:
//
//   x_b = x_a - [(1 - a) f + a y'] + [(1 - b) f + b y'],   f = f(x_a, a), a = path[i], b = path[i+1]
//
// The two below differ in what they take for the noisy end y'. One evaluation a step.

/// y' is the scan: x_b = x_a + (a - b) (f - y). At 0 this telescopes to the mean of all predictions,
/// x = sum_i (path[i] - path[i+1]) f(x_i, path[i]).
torch::Tensor sample_drift_fixed(const BridgePredictor& predict, const torch::Tensor& scan,
                                 const std::vector<double>& path);

/// y' is what x_a and f imply, (x_a - (1 - a) f) / a: x_b = (b/a) x_a + (1 - b/a) f. The same as InDI without noise,
/// and an Euler step of the flow dx/da = (x - f) / a that carries scans to clean volumes.
torch::Tensor sample_drift_implied(const BridgePredictor& predict, const torch::Tensor& scan,
                                   const std::vector<double>& path);

}  // namespace voxprior
