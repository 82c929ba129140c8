#pragma once

#include <torch/types.h>

#include <cstdint>

namespace voxprior {

/// What a denoiser does not know: the variance of x0 given x, for a coefficient of each Haar band as a function of
/// sigma.
///
///   e_b(sigma) = exp(r_b(ln sigma)) sigma^2 v_b / (sigma^2 + v_b)
///
/// The factor of the Wiener filter's error for data of variance v_b, its logarithm r_b piecewise linear between knots
/// spread evenly over ln sigma_min .. ln sigma_max and constant beyond, is what is learned; at r = 0 it is that error.
class BandErrors {
 public:
  static constexpr std::int64_t kBands = 8, kKnots = 16;

  /// Whether a tensor is a log_ratio: [kKnots,8] float64, finite.
  static bool fits(const torch::Tensor& log_ratio);

  /// log_ratio fits; band_variance [8] float64, 0 for a band that is given, of which nothing is unknown.
  BandErrors(double sigma_min, double sigma_max, torch::Tensor log_ratio, torch::Tensor band_variance);

  /// e at each sigma [N]: [N,8] float64 on the CPU, differentiable in log_ratio().
  torch::Tensor at(const torch::Tensor& sigma) const;

  const torch::Tensor& log_ratio() const { return log_ratio_; }
  const torch::Tensor& band_variance() const { return band_variance_; }

 private:
  double low_, high_;  // ln sigma
  torch::Tensor log_ratio_, band_variance_;
};

/// The variance [8] of the reverse step from noise level `from` to `to`, in each Haar band, that fits best:
/// to^2 (from^2 - to^2) / from^2 + (1 - to^2/from^2)^2 e_b(from). Band by band what analytic_variance() in
/// reverse_variance.h is for all together.
torch::Tensor band_variance_of_step(const BandErrors& errors, double from, double to);

}  // namespace voxprior
