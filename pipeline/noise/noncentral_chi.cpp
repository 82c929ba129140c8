#include "pipeline/noise/noncentral_chi.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr double kAsymptoteFrom = 40;  // of nu, above which the expansion in 1/nu is exact to 1e-9

/// 1F1(-1/2; n; -x) = exp(-x) 1F1(n + 1/2; n; x), whose terms are all positive. They are summed from their logarithms.
double laguerre_series(double x, double n) {
  double sum = 0, log_term = -x;
  for (int k = 0;; ++k) {
    const double term = std::exp(log_term);
    sum += term;
    if (k > x && term < 1e-17 * sum) return sum;
    log_term += std::log((n + 0.5 + k) / (n + k) * std::max(x, 1e-300) / (k + 1));
  }
}

/// E[r] for nu -> infinity: r^2 = nu^2 + 2 nu n + (noise), expanded to 1/nu^3.
double far_mean(double nu, double n) {
  const double a = (2 * n - 1) / 2;  // half of the degrees of freedom across the signal
  return nu + a / nu - a * (a - 1) / (2 * nu * nu * nu);
}

}  // namespace

double noncentral_chi_mean(double nu, int coils) {
  if (nu > kAsymptoteFrom + coils) return far_mean(nu, coils);
  // sqrt(2) Gamma(n + 1/2) / Gamma(n) 1F1(-1/2; n; -nu^2/2)
  const double at_zero = std::sqrt(2.) * std::exp(std::lgamma(coils + 0.5) - std::lgamma(coils));
  return at_zero * laguerre_series(nu * nu / 2, coils);
}

double noncentral_chi_sd(double nu, int coils) {
  if (nu > kAsymptoteFrom + coils) return std::sqrt(1 - (2. * coils - 1) / 2 / (nu * nu));
  const double mean = noncentral_chi_mean(nu, coils);
  return std::sqrt(nu * nu + 2 * coils - mean * mean);
}

double noncentral_chi_nu_of_mean(double mean, int coils) {
  if (mean <= noncentral_chi_mean(0, coils)) return 0;
  double low = 0, high = mean;
  for (int pass = 0; pass < 60; ++pass) {
    const double middle = (low + high) / 2;
    (noncentral_chi_mean(middle, coils) < mean ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace voxprior
