#pragma once

#include <functional>
#include <vector>

namespace voxprior {

/// The variance, per voxel, of the Gaussian reverse step p(x_to | x_from) of a diffusion model from noise level `from`
/// to `to` < `from`, the next one that is kept. Levels and variances are those of x = x0 + sigma n.
using ReverseVariance = std::function<double(double from, double to)>;

/// to^2 (from^2 - to^2) / from^2: the variance of q(x_to | x_from, x0), right where the data are a single point.
/// beta-tilde of Ho et al. 2020, arXiv:2006.11239, equation 7, for the two levels that are kept; 0 at `to` = 0.
double fixed_small_variance(double from, double to);

/// (1 + to^2) (from^2 - to^2) / (1 + from^2): right where the data are N(0, I). beta of Ho et al. 2020, section 3.2,
/// which the change of variables x = x_vp sqrt(1 + sigma^2) multiplies by 1 + to^2.
double fixed_large_variance(double from, double to);

/// The variance that fits best, for every denoiser, in the sense of KL divergence:
///
///   to^2 (from^2 - to^2) / from^2 + (1 - to^2/from^2)^2 e,   e = E |x0 - D(x, from)|^2 per voxel
///
/// where levels[k] has the mean squared error mse[k] (see denoising_error in pipeline/likelihood). Bao et al. 2022,
/// Analytic-DPM, arXiv:2201.06503, Theorem 1: for the exact denoiser e = from^2 (1 - from^2 E |score|^2 per voxel).
/// Throws c10::Error when asked for a level `from` that is not among `levels`.
ReverseVariance analytic_variance(std::vector<double> levels, std::vector<double> mse);

}  // namespace voxprior
