#pragma once

#include <torch/types.h>

#include <functional>

namespace voxprior {

/// f(x, share): the estimate of the clean x0 given a point of the bridge between x0 and its noisy counterpart y,
///
///   x = (1 - share) x0 + share y,   share in (0, 1]
///
/// The seam between a network that was trained on pairs and the samplers of this folder; it has the type of a Denoiser,
/// so that tiles and mirrors work on it, too. x is [N,1,D,H,W] float32 in normalised intensity.
using BridgePredictor = std::function<torch::Tensor(const torch::Tensor& x, double share)>;

}  // namespace voxprior
