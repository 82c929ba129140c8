#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace voxprior {

/// A noise schedule that can be learned: ln sigma as a rising function of time t in [0, 1] whose shape is in
/// parameters.
///
///   u(t) = w_0 t + sum_k w_k sigmoid(s_k (t - c_k)),   w, s > 0 by softplus,
///   ln sigma(t) = ln sigma_min + (ln sigma_max - ln sigma_min) (u(t) - u(0)) / (u(1) - u(0))
///
/// Rising whatever the parameters, with fixed ends. It starts as log-uniform. Kingma et al. 2021, Variational diffusion
/// models, arXiv:2107.00630, appendix on the monotonic network (gamma there is 2 ln sigma): in continuous time the
/// bound does not depend on the shape, so what is learned is the bound of few steps, or the variance of its estimate.
class MonotoneSchedule {
 public:
  /// `knots` sigmoids, spread over time. Throws Error(ExitCode::usage) unless 0 < sigma_min < sigma_max, knots >= 1.
  MonotoneSchedule(double sigma_min, double sigma_max, std::int64_t knots = 32);

  /// Whether tensors have the shapes and type of parameters() and are finite.
  static bool fits(const std::vector<torch::Tensor>& parameters);

  /// With copies of the parameters() of one that was learned, which fit.
  MonotoneSchedule(double sigma_min, double sigma_max, std::vector<torch::Tensor> parameters);

  /// For t of any shape, float64, differentiable in t and in the parameters.
  torch::Tensor log_sigma(const torch::Tensor& t) const;

  /// ln of the density that ln sigma(t) has when t is uniform, -ln (d ln sigma / dt), at values between the ends: of
  /// any shape, float64, differentiable in the parameters (not in the values).
  torch::Tensor log_density(const torch::Tensor& log_sigma) const;

  /// What a sampler takes: `steps` levels from sigma_max to sigma_min, even in time, and 0.
  std::vector<double> levels(int steps) const;

  /// w (1 + knots), s (knots) and c (knots), before softplus; float64 leaves that require gradients.
  std::vector<torch::Tensor> parameters() const { return {weights_, slopes_, centres_}; }

 private:
  torch::Tensor shape(const torch::Tensor& t) const;         ///< u(t)
  torch::Tensor slope(const torch::Tensor& t) const;         ///< d ln sigma / dt
  torch::Tensor time(const torch::Tensor& log_sigma) const;  ///< t at which ln sigma is that; no gradient

  double sigma_min_, sigma_max_;
  torch::Tensor weights_, slopes_, centres_;
};

}  // namespace voxprior
