#pragma once

#include <vector>

namespace voxprior {

// Noise levels for a sampler: sigma_max first, `steps` values down to sigma_min, and 0 at the end: steps + 1 values
// that fall strictly. One step is sigma_max alone, and 0. They differ in where they put the levels between. All throw
// Error(ExitCode::usage) unless steps >= 1 and 0 < sigma_min < sigma_max, both finite.

/// sigma_i = (sigma_max^(1/rho) + i/(steps-1) (sigma_min^(1/rho) - sigma_max^(1/rho)))^rho
///
/// A larger rho spends more of the steps near sigma_min. Karras et al. 2022, arXiv:2206.00364, equation 5. rho > 0.
std::vector<double> karras_schedule(int steps, double sigma_min, double sigma_max, double rho = 7);

/// Even steps in ln sigma, so in lambda, the half log signal-to-noise ratio: the limit of Karras for large rho.
std::vector<double> log_uniform_schedule(int steps, double sigma_min, double sigma_max);

/// Even steps in time of the cosine schedule, alpha = cos(pi t / 2): even steps in the angle atan(sigma), so most
/// levels lie where signal and noise are alike. Nichol and Dhariwal 2021, arXiv:2102.09672, equation 17; their offset s
/// and their clipping of beta, which keep t off its ends, are what sigma_min and sigma_max do here.
std::vector<double> cosine_schedule(int steps, double sigma_min, double sigma_max);

/// Even steps in time of the linear variance-preserving schedule, beta(t) = 0.1 + 19.9 t:
///
///   1 + sigma^2 = exp(0.1 t + 19.9 t^2 / 2)
///
/// Song et al. 2021, arXiv:2011.13456, equation 33: the limit of the 1000 linear betas of DDPM.
std::vector<double> linear_schedule(int steps, double sigma_min, double sigma_max);

}  // namespace voxprior
