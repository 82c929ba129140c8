#include "pipeline/operators/operator_norm.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

/// Random, so that no singular vector is orthogonal to it but by chance.
torch::Tensor start_vector(const LinearOperator& a, const torch::TensorOptions& options) {
  torch::Tensor x = torch::empty(a.domain(), torch::kFloat32);
  fill_gaussian(x.data_ptr<float>(), static_cast<std::size_t>(x.numel()), 0, 0);
  return x.to(options);
}

}  // namespace

double operator_norm(const LinearOperator& a, int iterations, const torch::TensorOptions& options) {
  TORCH_CHECK(iterations >= 1, "power iteration needs an iteration");
  const torch::NoGradGuard no_grad;
  torch::Tensor x = start_vector(a, options);
  double norm_squared = 0;  // of A: the factor by which A^H A stretches x
  for (int i = 0; i < iterations; ++i) {
    const double length = x.norm().item().toDouble();
    if (length == 0) return 0;  // the zero operator
    x = a.normal(x / length);
    norm_squared = x.norm().item().toDouble();
  }
  return std::sqrt(norm_squared);
}

}  // namespace voxprior
