#include "pipeline/noise/counts.h"

#include <algorithm>
#include <cmath>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr double kInversionBelow = 10;

double poisson_by_inversion(double mean, Random& random) {
  const double least = std::exp(-mean);
  double count = 0;
  for (double product = random.uniform(); product > least; product *= random.uniform()) ++count;
  return count;
}

/// Algorithm PTRS of the paper; names as there.
double poisson_by_rejection(double mean, Random& random) {
  const double log_mean = std::log(mean), b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = random.uniform() - 0.5, v = 1 - random.uniform();  // v > 0
    const double us = 0.5 - std::abs(u), k = std::floor((2 * a / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= v_r) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (std::log(v * inverse_alpha / (a / (us * us) + b)) <= k * log_mean - mean - std::lgamma(k + 1)) return k;
  }
}

}  // namespace

double poisson(double mean, Random& random) {
  return mean < kInversionBelow ? poisson_by_inversion(mean, random) : poisson_by_rejection(mean, random);
}

void add_photon_noise(float* line_integrals, std::size_t n, double photons, double electronic_sigma, std::uint64_t seed,
                      std::uint64_t first_ray) {
  for (std::size_t i = 0; i < n; ++i) {
    Random random(seed, first_ray + i);  // a stream for each ray
    const double counted = poisson(photons * std::exp(-static_cast<double>(line_integrals[i])), random);
    const double measured = std::max(1., counted + electronic_sigma * random.normal());
    line_integrals[i] = static_cast<float>(-std::log(measured / photons));
  }
}

}  // namespace voxprior
