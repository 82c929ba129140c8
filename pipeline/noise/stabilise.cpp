#include "pipeline/noise/stabilise.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "pipeline/noise/rician.h"

namespace voxprior {
namespace {

constexpr int kPerUnit = 64;          // grid points per unit of z and of d
constexpr double kTableEnd = 24;      // z and d beyond it use the series
constexpr double kSeriesFromNu = 12;  // expected(nu) by quadrature below, by its series above
constexpr std::size_t kLeastSlab = 262144;

constexpr double kNuStep = 1. / 16;  // grid of nu on which the standard deviation is made flat
constexpr double kFlattenTo = 10;    // above this nu it is flat to 1e-3 from the start
constexpr int kRefinements = 10;     // 0: 0.886..1.063, 10: 0.986..1.042, 40: 0.992..1.023 but ever steeper near z = 0

double grid_z(std::size_t i) { return static_cast<double>(i) / kPerUnit; }

/// The first two moments of f(z) given nu, by the trapezoid rule on the points of the table.
struct Moments {
  double mean, sd;
};
template <typename Table>
Moments moments(const Table& f, double nu) {
  const double reach = 9;  // the density is below 1e-17 beyond
  const auto first = static_cast<std::size_t>(std::max(0.0, nu - reach) * kPerUnit);
  const auto last = std::min(f.size() - 1, static_cast<std::size_t>((nu + reach) * kPerUnit));
  const double centre = f[(first + last) / 2];  // subtracted so that the variance does not cancel
  double weight = 0, sum = 0, squares = 0;
  for (std::size_t i = first; i <= last; i += 2) {
    const double p = rician_density(grid_z(i), nu), value = f[i] - centre;
    weight += p;
    sum += p * value;
    squares += p * value * value;
  }
  const double mean = sum / weight;
  return {centre + mean, std::sqrt(squares / weight - mean * mean)};
}

double interpolate(const std::vector<double>& table, double position) {
  const double last = static_cast<double>(table.size() - 1);
  const auto i = static_cast<std::size_t>(std::clamp(position, 0.0, last - 1));
  const double w = std::min(position - static_cast<double>(i), 1.0);
  return table[i] * (1 - w) + table[i + 1] * w;
}

/// f from its slope, with f(z) = z - 1/(4z) at the end of the table, the series of sqrt(z^2 - 1/2).
std::vector<double> integrate(const std::vector<double>& slope) {
  std::vector<double> f(slope.size());
  for (std::size_t i = 1; i < f.size(); ++i) f[i] = f[i - 1] + (slope[i - 1] + slope[i]) / 2 / kPerUnit;
  const double shift = kTableEnd - 0.25 / kTableEnd - f.back();
  for (double& value : f) value += shift;
  return f;
}

/// The classical transform integrates 1 / sd(z at its own mean). What is left of the variation after it is divided out
/// of the slope again, at the z which is the mean for that nu, a few times over.
std::vector<double> stabilising_transform() {
  std::vector<double> slope(static_cast<std::size_t>(kTableEnd * kPerUnit) + 1), nu_of_z(slope.size());
  for (std::size_t i = 0; i < slope.size(); ++i) {
    nu_of_z[i] = rician_nu_of_mean(grid_z(i));
    slope[i] = 1 / rician_sd(nu_of_z[i]);
  }
  std::vector<double> sd(static_cast<std::size_t>(kFlattenTo / kNuStep) + 1);
  for (int pass = 0; pass < kRefinements; ++pass) {
    const std::vector<double> f = integrate(slope);
    for (std::size_t k = 0; k < sd.size(); ++k) sd[k] = moments(f, static_cast<double>(k) * kNuStep).sd;
    for (std::size_t i = 0; i < slope.size() && nu_of_z[i] < kFlattenTo; ++i)
      slope[i] /= std::pow(interpolate(sd, nu_of_z[i] / kNuStep), 0.7);  // 0.7: the full step overshoots
  }
  return integrate(slope);
}

}  // namespace

RicianStabiliser::RicianStabiliser() {
  const std::vector<double> f = stabilising_transform();
  forward_.assign(f.begin(), f.end());

  std::vector<double> expectation(static_cast<std::size_t>(kTableEnd * 32) + 1);  // at nu = k / 32, rising
  for (std::size_t k = 0; k < expectation.size(); ++k) expectation[k] = expected(static_cast<double>(k) / 32);
  expected_at_zero_ = static_cast<float>(expectation[0]);
  std::size_t k = 0;
  for (int i = 0; expected_at_zero_ + grid_z(i) < kTableEnd - 1; ++i) {
    const double d = expectation[0] + grid_z(i);
    while (expectation[k + 1] < d) ++k;
    const double low = std::pow(static_cast<double>(k) / 32, 2), high = std::pow(static_cast<double>(k + 1) / 32, 2);
    const double w = (d - expectation[k]) / (expectation[k + 1] - expectation[k]);
    nu_squared_.push_back(static_cast<float>(low + w * (high - low)));
  }
}

float RicianStabiliser::forward(float z_over_sigma) const {
  const float position = z_over_sigma * kPerUnit;
  const float last = static_cast<float>(forward_.size() - 1);
  if (!(position < last)) return z_over_sigma - 0.25f / z_over_sigma;
  const auto i = static_cast<std::size_t>(std::max(position, 0.0f));
  return forward_[i] + (position - static_cast<float>(i)) * (forward_[i + 1] - forward_[i]);
}

double RicianStabiliser::expected(double nu) const {
  // E[r - 1/(4r)] with E[r] = nu + 1/(2nu) + ..., up to terms in 1/nu^3.
  if (nu > kSeriesFromNu) return nu + 0.25 / nu;
  return moments(forward_, nu).mean;
}

float RicianStabiliser::inverse(float d) const {
  const float position = (d - expected_at_zero_) * kPerUnit;
  if (position <= 0) return 0;
  const float last = static_cast<float>(nu_squared_.size() - 1);
  if (!(position < last)) return (d + std::sqrt(d * d - 1)) / 2;  // the root of nu + 1/(4nu) = d
  const auto i = static_cast<std::size_t>(position);
  return std::sqrt(nu_squared_[i] + (position - static_cast<float>(i)) * (nu_squared_[i + 1] - nu_squared_[i]));
}

void RicianStabiliser::forward(float* voxels, std::size_t n, double sigma, int threads) const {
  const float scale = static_cast<float>(sigma), per_sigma = static_cast<float>(1 / sigma);
  for_slabs(n, kLeastSlab, threads, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) voxels[i] = scale * forward(voxels[i] * per_sigma);
  });
}

void RicianStabiliser::inverse(float* voxels, std::size_t n, double sigma, int threads) const {
  const float scale = static_cast<float>(sigma), per_sigma = static_cast<float>(1 / sigma);
  for_slabs(n, kLeastSlab, threads, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) voxels[i] = scale * inverse(voxels[i] * per_sigma);
  });
}

void RicianStabiliser::forward(float* voxels, std::size_t n, const float* sigma, int threads) const {
  for_slabs(n, kLeastSlab, threads, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) voxels[i] = sigma[i] * forward(voxels[i] / sigma[i]);
  });
}

void RicianStabiliser::inverse(float* voxels, std::size_t n, const float* sigma, int threads) const {
  for_slabs(n, kLeastSlab, threads, [=](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) voxels[i] = sigma[i] * inverse(voxels[i] / sigma[i]);
  });
}

}  // namespace voxprior
