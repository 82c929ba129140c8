#include "pipeline/noise/rician.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr double kSqrtHalfPi = 1.2533141373155003;
constexpr double kFarNu = 1000;  // beyond it the mean is nu + 1/(2 nu) to the last digit of a double

/// exp(-|x|) I_n(|x|) for n = 0 or 1. Power series up to 30 (all terms positive: nothing cancels), the asymptotic
/// series (Abramowitz & Stegun 9.7.1) beyond, where its smallest term is below 1e-16.
double bessel_scaled(int n, double x) {
  if (x < 30) {
    double term = n == 0 ? 1 : x / 2, sum = term;
    for (int k = 1; term > 1e-17 * sum; ++k) {
      term *= x * x / 4 / (k * static_cast<double>(k + n));
      sum += term;
    }
    return std::exp(-x) * sum;
  }
  double term = 1, sum = 1;
  for (int k = 1; std::fabs(term) > 1e-17 && k < 30; ++k) {
    const double odd = 2 * k - 1;
    term *= -(4.0 * n * n - odd * odd) / (8 * x * k);
    sum += term;
  }
  return sum / std::sqrt(2 * M_PI * x);
}

/// The root in [low, high] of a rising function, to the last bits of a double.
template <typename Rising>
double bisect(double low, double high, const Rising& value) {
  for (int i = 0; i < 100 && high - low > 1e-14 * high; ++i) {
    const double middle = (low + high) / 2;
    (value(middle) < 0 ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

double bessel_i0_scaled(double x) { return bessel_scaled(0, std::fabs(x)); }
double bessel_i1_scaled(double x) { return x < 0 ? -bessel_scaled(1, -x) : bessel_scaled(1, x); }

double rician_mean(double nu) {
  const double q = nu * nu / 4;
  return kSqrtHalfPi * ((1 + 2 * q) * bessel_i0_scaled(q) + 2 * q * bessel_i1_scaled(q));
}

double rician_sd(double nu) {
  // nu^2 + 2 - mean^2 cancels far from 0; there the series in 1/nu^2 takes over.
  if (nu > 40) return std::sqrt(1 - 1 / (2 * nu * nu) - 1 / (2 * std::pow(nu, 4)));
  const double mean = rician_mean(nu);
  return std::sqrt(rician_second_moment(nu) - mean * mean);
}

double rician_density(double r, double nu) { return r * std::exp(-(r - nu) * (r - nu) / 2) * bessel_i0_scaled(r * nu); }

double rician_nu_of_mean(double mean) {
  if (mean <= kSqrtHalfPi) return 0;
  if (mean > kFarNu) return (mean + std::sqrt(mean * mean - 2)) / 2;  // mean = nu + 1 / (2 nu)
  return bisect(0, mean, [mean](double nu) { return rician_mean(nu) - mean; });
}

namespace {
constexpr int kVarianceEnd = 16, kVariancePerUnit = 64;
}

RicianVarianceOfMean::RicianVarianceOfMean() {
  for (int i = 0; i <= kVarianceEnd * kVariancePerUnit; ++i) {
    const double sd = rician_sd(rician_nu_of_mean(static_cast<double>(i) / kVariancePerUnit));
    table_.push_back(sd * sd);
  }
}

double RicianVarianceOfMean::operator()(double mean) const {
  const auto at = static_cast<std::size_t>(std::max(0.0, mean) * kVariancePerUnit + 0.5);
  return at < table_.size() ? table_[at] : 1.0;
}

KoayCorrection koay_correction(double mean, double sd) {
  if (sd <= 0) return {mean, 0};
  const double ratio = mean / sd;
  const double pure_noise = kSqrtHalfPi / rician_sd(0);
  const double theta =
      ratio <= pure_noise ? 0
                          : bisect(0, ratio, [ratio](double snr) { return rician_mean(snr) / rician_sd(snr) - ratio; });
  const double sigma = sd / rician_sd(theta);
  return {theta * sigma, sigma};
}

}  // namespace voxprior
