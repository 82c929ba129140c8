#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// The noise that a sampler adds on its way: draw `index` (the number of the step) as standard normal values in the
/// shape, type and device of `like`. The same index gives the same noise; see step_noise() in pipeline/samplers.
using StepNoise = std::function<torch::Tensor(const torch::Tensor& like, std::uint64_t index)>;

/// From noise to data: x at sigmas.front(), in the shape and unit that the denoiser takes, to x at sigmas.back().
/// `sigmas` falls strictly and ends at 0 or above. A deterministic sampler draws nothing from `noise`.
using Sampler = std::function<torch::Tensor(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                            const StepNoise& noise, const Progress& progress)>;

}  // namespace voxprior
