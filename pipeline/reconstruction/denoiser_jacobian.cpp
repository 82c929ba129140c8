#include "pipeline/reconstruction/denoiser_jacobian.h"

#include <torch/autograd.h>
#include <torch/types.h>
#include <torch/utils.h>

#include "base/error.h"

namespace voxprior {

DenoiserJacobian::DenoiserJacobian(const NormalisedProblem& problem, const torch::Tensor& x, double sigma,
                                   const std::string& method) {
  const torch::AutoGradMode differentiate(true);
  // As real numbers, so that the gradient needs no convention for complex ones.
  leaf_ = (x.is_complex() ? torch::view_as_real(x) : x).detach().requires_grad_(true);
  value_ = problem.denoise(x.is_complex() ? torch::view_as_complex(leaf_) : leaf_, sigma);
  if (!value_.requires_grad())
    fail(ExitCode::usage, method,
         " needs a denoiser that can be differentiated, and a tiled one cannot: allow more memory or use another "
         "method");
  image_ = value_.detach();
  if (value_.is_complex()) value_ = torch::view_as_real(value_);
}

torch::Tensor DenoiserJacobian::transposed_product(const torch::Tensor& v) const {
  if (!v.is_complex()) return torch::autograd::grad({value_}, {leaf_}, {v}, true)[0];
  const torch::Tensor parts = torch::view_as_real(v.resolve_conj().contiguous());
  return torch::view_as_complex(torch::autograd::grad({value_}, {leaf_}, {parts}, true)[0].contiguous());
}

}  // namespace voxprior
