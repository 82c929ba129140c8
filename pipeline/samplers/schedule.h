#pragma once

#include <vector>

namespace voxprior {

/// Noise levels from sigma_max down to sigma_min in `steps` values, and 0 at the end: steps + 1 values.
///
///   sigma_i = (sigma_max^(1/rho) + i/(steps-1) (sigma_min^(1/rho) - sigma_max^(1/rho)))^rho
///
/// A larger rho spends more of the steps near sigma_min. Karras et al. 2022, arXiv:2206.00364, equation 5.
/// One step is sigma_max alone. Throws Error(ExitCode::usage) unless steps >= 1 and 0 < sigma_min < sigma_max, rho > 0.
std::vector<double> karras_schedule(int steps, double sigma_min, double sigma_max, double rho = 7);

}  // namespace voxprior
