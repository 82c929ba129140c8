#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/bridge/predictor.h"
#include "pipeline/core/sampler.h"

namespace voxprior {

/// The stochastic bridge of Liu et al. 2023, I2SB: Image-to-image Schroedinger bridge, arXiv:2302.05872, with diffusion
/// of constant strength: points carry the noise of a Brownian bridge that is pinned at both ends,
///
///   x_a = (1 - a) x0 + a y + epsilon sqrt(a (1 - a)) n
///
/// and a step draws from its posterior given x_a and x0 = f(x_a, a):
///
///   x_b = (1 - b/a) f + (b/a) x_a + epsilon sqrt(b (a - b) / a) n,   a = path[i], b = path[i+1]
///
/// Draw i + 1 is that of step i; the last step takes the mean, so that a path that stops early is given no noise that
/// nothing would remove. With epsilon 0 it is sample_drift_implied(). One evaluation a step.
torch::Tensor sample_i2sb(const BridgePredictor& predict, const torch::Tensor& scan, const std::vector<double>& path,
                          const StepNoise& noise, double epsilon);

}  // namespace voxprior
