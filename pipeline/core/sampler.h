#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// From noise to data: x at sigmas.front(), in the shape and unit that the denoiser takes, to x at sigmas.back().
/// `sigmas` falls strictly and ends at 0 or above.
using Sampler =
    std::function<torch::Tensor(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas)>;

}  // namespace voxprior
