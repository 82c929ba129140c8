#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// Gives white noise of variance 1 the correlation that the noise of a volume has, and keeps the variance.
using NoiseColour = std::function<torch::Tensor(const torch::Tensor& white)>;

/// One draw from p(x0 | noisy), noisy = x0 + sigma n with noise n of variance 1: a volume that could be behind it.
///
/// A noisy volume *is* the state of the diffusion at its own noise level, and nothing else is known of x0. The reverse
/// process from there, with its noise, draws from p(x0 | x_sigma = noisy), which is the posterior: no term for the data
/// is needed, they are the start. (The ODE has the same marginals, but takes the volume to a single point.) Chung et
/// al. 2022, arXiv:2112.05146, start in the middle of the process as well. What is drawn is as good as D is, and
/// E[x0 | noisy] = D(noisy, sigma).
///
/// Noise of any covariance C will do, as long as D is told (or sees) what noise it is. The score is then
/// C^-1 (D - x) / sigma^2, and the reverse process with noise of covariance C multiplies it by C: what remains is the
/// process of white noise, with `colour` on what is drawn. No `colour`: white.
///
/// noisy [N,C,D,H,W]; sigma > 0 is a scalar tensor, or one for each voxel that broadcasts to `noisy`: every step
/// shrinks all of them alike. `denoise(x, share)` evaluates D at share * sigma, 0 < share <= 1. Levels fall evenly in
/// ln sigma to a twentieth of sigma, and the last step is D there. `steps` >= 2 evaluations. With 12 the standard
/// deviation of samples is 0 to 4 % too small on Gaussian data where the data decide 5 to 95 %; see
/// sample_dpm_solver_2m_sde. Noise is that of step_noise() for seed + n in volume n of the batch.
torch::Tensor posterior_sample(const Denoiser& denoise, const torch::Tensor& noisy, const torch::Tensor& sigma,
                               int steps, std::uint64_t seed, const NoiseColour& colour = {},
                               const Progress& progress = {});

}  // namespace voxprior
