#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/core/sampler.h"

namespace voxprior {

/// The mean squared error of D per voxel, |D(x0 + sigma n, sigma) - x0|^2, at each of `levels` over `volumes`
/// [N,C,D,H,W]: what analytic_variance() in pipeline/samplers/reverse_variance.h takes. Every level has `draws` draws
/// of `noise` of its own. A level of 0 has the error 0.
///
/// Measured on held-out volumes it is what Analytic-DPM (Bao et al. 2022, arXiv:2201.06503, section 3) computes from
/// the score alone, and stays right for a denoiser that is not the best one.
std::vector<double> denoising_error(const Denoiser& denoise, const torch::Tensor& volumes,
                                    const std::vector<double>& levels, const StepNoise& noise, int draws = 1,
                                    const Progress& progress = {});

}  // namespace voxprior
