#pragma once

#include <torch/types.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "pipeline/core/denoiser.h"

namespace voxprior::test {

/// Data ~ N(mean, std^2), independent voxels with a mean and a standard deviation of their own: both tensors broadcast
/// to x. The best denoiser is the Wiener filter; on the ODE, (x - mean) / sqrt(std^2 + sigma^2) is constant.
struct GaussianData {
  torch::Tensor mean, std;

  Denoiser denoiser() const {
    return [*this](const torch::Tensor& x, double sigma) {
      const torch::Tensor variance = std.square();
      return mean + (x - mean) * (variance / (variance + sigma * sigma));
    };
  }
  torch::Tensor ode_solution(const torch::Tensor& x, double from, double to) const {
    return mean + (x - mean) * ((std.square() + to * to) / (std.square() + from * from)).sqrt();
  }
};

/// Every voxel is, by itself, N(-centre, std^2) or N(centre, std^2) with the same probability. Not linear: the order of
/// a solver shows. The ODE keeps the cumulative distribution function: that is its solution in closed form.
struct TwoPeaks {
  double centre = 1, std = 0.3;

  Denoiser denoiser() const {
    return [*this](const torch::Tensor& x, double sigma) {
      const double v = std * std, total = v + sigma * sigma;
      return (v * x + sigma * sigma * centre * (centre * x / total).tanh()) / total;
    };
  }
  double cdf(double x, double sigma) const {
    const double scale = std::hypot(std, sigma) * std::sqrt(2.);
    return 0.25 * (std::erfc(-(x - centre) / scale) + std::erfc(-(x + centre) / scale));
  }
  /// By bisection, for |x| within the range in which the distribution function tells values apart.
  double ode_solution(double x, double from, double to) const {
    const double share = cdf(x, from);
    double low = -centre - 10 * std::hypot(std, to), high = -low;
    for (int i = 0; i < 200; ++i) {
      const double middle = 0.5 * (low + high);
      (cdf(middle, to) < share ? low : high) = middle;
    }
    return 0.5 * (low + high);
  }
  double variance() const { return centre * centre + std * std; }
};

}  // namespace voxprior::test
