#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "pipeline/core/linear_operator.h"

namespace voxprior {

/// Inpainting: y = M x keeps the voxels that are known and sets the others to 0. Self-adjoint, and a projection: M M =
/// M. x and y are float32 of the mask's shape.
class SamplingMask final : public LinearOperator {
 public:
  /// mask of any shape, bool, true where the voxel is known. Kept, not copied.
  explicit SamplingMask(torch::Tensor mask);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override { return forward(y); }
  torch::Tensor solve_normal(const torch::Tensor& b, double rho) const override;
  double norm_bound() const override { return 1; }

  std::vector<std::int64_t> domain() const override { return mask_.sizes().vec(); }
  std::vector<std::int64_t> codomain() const override { return mask_.sizes().vec(); }

 private:
  torch::Tensor mask_;
};

}  // namespace voxprior
