#pragma once

#include <torch/types.h>

#include <functional>

namespace voxprior {

/// D(x, sigma): the estimate of the clean x0 given x = x0 + sigma * n, n ~ N(0, I).
/// The one seam between models/ and pipeline/: a network, a closed form, a tiled network, a test stub all fit here.
/// x is [N,1,D,H,W] float32 in normalised intensity; sigma is in the same unit.
using Denoiser = std::function<torch::Tensor(const torch::Tensor& x, double sigma)>;

}  // namespace voxprior
