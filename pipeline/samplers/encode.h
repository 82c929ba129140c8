#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// One step of the probability-flow ODE from `sigma` > 0 to `next` > 0, above or below: heun_step or rk4_step.
using OdeStep =
    std::function<torch::Tensor(const Denoiser& denoise, const torch::Tensor& x, double sigma, double next)>;

/// The classical Runge-Kutta step of fourth order on  dx/du = x - D(x, e^u),  u = ln sigma. Four evaluations.
torch::Tensor rk4_step(const Denoiser& denoise, const torch::Tensor& x, double sigma, double next);

/// Data to noise: follows the probability-flow ODE from the lowest level of `sigmas` above 0 to sigmas.front(). Song et
/// al. 2021, arXiv:2011.13456, section 4.3 and appendix D.2. `volume` [N,C,D,H,W] is taken as it stands for x at the
/// lowest level: at 0 the ODE has no slope. The result is near N(0, sigmas.front()^2) for volumes like those of
/// training.
///
/// `sigmas` falls as for a sampler: the same list takes decode() back. Deterministic; a sample does not depend on its
/// batch. Solver error is what keeps decode(encode(x)) from x: of order 5 in the steps for rk4_step, 3 for heun_step,
/// one more than that of either way, because the way back undoes the leading error.
torch::Tensor encode(const Denoiser& denoise, torch::Tensor volume, const std::vector<double>& sigmas,
                     const Progress& progress = {}, const OdeStep& step = rk4_step);

/// Noise to data: the same path downwards, to the lowest level above 0. A final 0 in `sigmas` is passed over, because
/// the last step of a sampler, x = D(x, sigma), has no inverse.
torch::Tensor decode(const Denoiser& denoise, torch::Tensor latent, const std::vector<double>& sigmas,
                     const Progress& progress = {}, const OdeStep& step = rk4_step);

}  // namespace voxprior
