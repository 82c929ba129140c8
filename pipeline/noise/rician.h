#pragma once

#include <vector>

namespace voxprior {

/// The Rician distribution of a magnitude r = |nu + n1 + i n2| with noise of standard deviation 1 in both channels.
/// For noise sigma pass nu / sigma and multiply the results by sigma (the second moment by sigma^2).

/// exp(-|x|) I_n(x) for n = 0, 1: the modified Bessel functions without their overflow.
double bessel_i0_scaled(double x);
double bessel_i1_scaled(double x);

double rician_mean(double nu);  ///< sqrt(pi/2) L_{1/2}(-nu^2/2): 1.2533 at 0, nu + 1/(2 nu) far from it
double rician_sd(double nu);    ///< 0.6551 at 0, rising to 1
inline double rician_second_moment(double nu) { return nu * nu + 2; }
double rician_density(double r, double nu);  ///< p(r | nu), r >= 0

/// The nu whose Rician mean is `mean`; 0 for means below rician_mean(0).
double rician_nu_of_mean(double mean);

/// The variance of a magnitude whose mean is given, tabulated: for many values.
class RicianVarianceOfMean {
 public:
  RicianVarianceOfMean();
  double operator()(double mean) const;

 private:
  std::vector<double> table_;
};

/// Signal and noise behind a magnitude of which the mean and standard deviation are known.
/// Koay & Basser, J Magn Reson 2006; 179:317-322: the root theta of rician_mean(theta) / rician_sd(theta) = mean / sd,
/// found by bisection rather than by their fixed point, which slows down near theta = 0.
struct KoayCorrection {
  double nu;     ///< the signal without the noise floor; 0 when mean / sd is that of pure noise (1.913) or less
  double sigma;  ///< standard deviation of the noise in each channel
};
KoayCorrection koay_correction(double mean, double sd);

}  // namespace voxprior
