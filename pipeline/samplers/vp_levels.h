#pragma once

#include <vector>

namespace voxprior {

// The discrete noise levels of variance-preserving models (DDPM): what networks of other programs were trained on.
// Steps of training are numbered 0 to T-1 from clean to noisy, as those networks count them.

/// beta_0 .. beta_{T-1}, evenly spaced. Ho et al. 2020, arXiv:2006.11239, section 4.
std::vector<double> linear_betas(int steps = 1000, double first = 1e-4, double last = 0.02);

/// beta_t = 1 - f(t+1)/f(t), f(t) = cos^2((t/T + offset) / (1 + offset) pi/2), at most `largest`: at the last step f is
/// 0 and beta would be 1. Nichol and Dhariwal 2021, arXiv:2102.09672, equation 17.
std::vector<double> cosine_betas(int steps = 1000, double offset = 0.008, double largest = 0.999);

/// The levels as sampling meets them: sigma_{T-1} first, sigma_0 last but one, then 0; T + 1 values.
/// sigma_t^2 = (1 - alpha_bar_t) / alpha_bar_t, with alpha_bar_t the product of 1 - beta to step t.
/// Throws Error(ExitCode::usage) unless every beta lies in (0, 1).
std::vector<double> sigmas_from_betas(const std::vector<double>& betas);

/// `steps` of the levels, evenly spaced in step number, both ends among them, and 0: steps + 1 values. One step is the
/// first level. Throws Error(ExitCode::usage) unless 1 <= steps <= levels.size() - 1.
std::vector<double> respaced(const std::vector<double>& levels, int steps);

/// The step number, 0 to T-1, that has noise level sigma, between two steps by interpolation in ln sigma; the nearer
/// end for a sigma beyond the ends. `levels` is what sigmas_from_betas gives.
double time_step(const std::vector<double>& levels, double sigma);

}  // namespace voxprior
