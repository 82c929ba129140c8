#include "pipeline/operators/sampling_mask.h"

#include <torch/types.h>

#include <utility>

namespace voxprior {

SamplingMask::SamplingMask(torch::Tensor mask) : mask_(std::move(mask)) {
  TORCH_CHECK(mask_.scalar_type() == torch::kBool, "a sampling mask must be bool, got ", mask_.dtype());
}

torch::Tensor SamplingMask::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == mask_.sizes(), "expected a volume ", mask_.sizes(), ", got ", x.sizes());
  return x.masked_fill(mask_.logical_not(), 0);  // not a product: what is unknown may be NaN
}

torch::Tensor SamplingMask::solve_normal(const torch::Tensor& b, double rho) const {
  return torch::where(mask_, b / (1 + rho), b / rho);
}

}  // namespace voxprior
