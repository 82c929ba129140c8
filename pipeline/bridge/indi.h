#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

#include "pipeline/bridge/predictor.h"
#include "pipeline/core/sampler.h"

namespace voxprior {

/// epsilon(a), the noise of InDI at share a of the scan; it must not fall when a falls.
using InDiNoise = std::function<double(double share)>;

/// Inversion by direct iteration: Delbracio & Milanfar 2023, arXiv:2303.11435. Points of its bridge carry noise,
/// x_a = (1 - a) x0 + a y + a epsilon(a) n; it starts at y + epsilon(1) n and goes
///
///   x_b = (1 - b/a) f(x_a, a) + (b/a) x_a + b sqrt(epsilon(b)^2 - epsilon(a)^2) n,   a = path[i], b = path[i+1]
///
/// A constant epsilon, which the paper uses, draws noise at the start alone; epsilon / sqrt(a) draws it at every step,
/// as Brownian motion does. Draw 0 is the start, draw i + 1 that of step i. At 0 no noise is left. A path that stops
/// before leaves b epsilon(b) of it. One evaluation a step.
torch::Tensor sample_indi(const BridgePredictor& predict, const torch::Tensor& scan, const std::vector<double>& path,
                          const StepNoise& noise, const InDiNoise& epsilon);

}  // namespace voxprior
