#include "pipeline/operators/kaiser_bessel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace voxprior {
namespace {

constexpr int kTableStepsPerPoint = 2048;

}  // namespace

double bessel_i0(double x) {
  double term = 1, sum = 1;
  for (int n = 1; term > 1e-17 * sum; ++n) {
    term *= (x / (2 * n)) * (x / (2 * n));
    sum += term;
  }
  return sum;
}

KaiserBessel::KaiserBessel(int width, double oversampling)
    : width_(width), scale_(static_cast<float>(kTableStepsPerPoint)) {
  const double ratio = width / oversampling * (oversampling - 0.5);
  beta_ = std::acos(-1.0) * std::sqrt(std::max(ratio * ratio - 0.8, 0.01));
  const int steps = width * kTableStepsPerPoint / 2;
  table_.resize(static_cast<std::size_t>(steps) + 2, 0.0f);  // the last is the zero beyond the kernel's end
  for (int i = 0; i <= steps; ++i) {
    const double u = 2.0 * i / (static_cast<double>(width) * kTableStepsPerPoint);
    table_[static_cast<std::size_t>(i)] =
        static_cast<float>(bessel_i0(beta_ * std::sqrt(std::max(0.0, 1 - u * u))) / bessel_i0(beta_));
  }
}

double KaiserBessel::transform(double frequency) const {
  const double a = std::acos(-1.0) * width_ * frequency, square = beta_ * beta_ - a * a;
  const double root = std::sqrt(std::abs(square));
  const double shape = root < 1e-6 ? 1 : square > 0 ? std::sinh(root) / root : std::sin(root) / root;
  return width_ * shape / bessel_i0(beta_);
}

}  // namespace voxprior
