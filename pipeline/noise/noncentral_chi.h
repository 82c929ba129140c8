#pragma once

namespace voxprior {

/// The distribution of the root sum of squares r of `coils` complex channels that together hold the signal nu, with
/// noise of standard deviation 1 in both parts of each: non-central chi with 2 coils degrees of freedom. One coil is
/// Rician (rician.h). For noise sigma pass nu / sigma and multiply means and standard deviations by sigma.
/// Constantinides et al., Magn Reson Med 1997; 38:852-857.

/// sqrt(pi/2) L^(n-1)_{1/2}(-nu^2/2): the Laguerre function by its series in 1F1, exp-scaled; its asymptote far from 0.
double noncentral_chi_mean(double nu, int coils);

/// sqrt(nu^2 + 2 coils - mean^2).
double noncentral_chi_sd(double nu, int coils);

/// The nu whose mean is `mean`; 0 for means below that of pure noise.
double noncentral_chi_nu_of_mean(double mean, int coils);

}  // namespace voxprior
