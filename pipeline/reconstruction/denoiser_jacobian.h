#pragma once

#include <torch/types.h>

#include <string>

#include "pipeline/reconstruction/normalised_problem.h"

namespace voxprior {

/// D(x, sigma) together with the transposed Jacobian J^T of D at x. J is that of real numbers: of a complex image, of
/// its parts. For the exact denoiser of any prior J is symmetric, and sigma^2 J the covariance of the clean image given
/// x (Efron, Tweedie's formula and selection bias, JASA 106:1602-1614, 2011).
class DenoiserJacobian {
 public:
  /// Evaluates D and keeps what the backward pass needs, until it is destroyed. Throws Error(ExitCode::usage), which
  /// names `method`, for a D that is not differentiable.
  DenoiserJacobian(const NormalisedProblem& problem, const torch::Tensor& x, double sigma, const std::string& method);

  const torch::Tensor& image() const { return image_; }            ///< D(x, sigma)
  torch::Tensor transposed_product(const torch::Tensor& v) const;  ///< J^T v, as often as wanted: a backward pass each

 private:
  torch::Tensor leaf_, value_, image_;
};

}  // namespace voxprior
