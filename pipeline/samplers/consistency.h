#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/sampler.h"

namespace voxprior {

/// Sampling from a consistency function f(x, sigma), which takes any point of an ODE path to its end at sigma_min
/// (Song et al. 2023, arXiv:2303.01469, Algorithm 1). The first call takes noise to a volume; each further one adds
/// noise of a lower level, sqrt(sigma^2 - sigma_min^2), and takes that to a volume, which mends what the longer jump
/// got wrong. One call of f for each of `sigmas` but the last, which is 0. x and `sigmas`: pipeline/core/sampler.h.
torch::Tensor sample_consistency(const Denoiser& f, torch::Tensor x, const std::vector<double>& sigmas,
                                 const StepNoise& noise, const Progress& progress, double sigma_min);

/// Levels for `steps` calls: sigma_max first, further ones evenly spaced between it and sigma_min as in
/// karras_schedule() (at sigma_min itself f has nothing to do), and 0.
/// Throws Error(ExitCode::usage) unless steps >= 1 and 0 < sigma_min < sigma_max.
std::vector<double> consistency_levels(int steps, double sigma_min, double sigma_max);

}  // namespace voxprior
