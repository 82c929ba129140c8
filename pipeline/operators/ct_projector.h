#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "pipeline/core/linear_operator.h"
#include "pipeline/operators/ct_geometry.h"

namespace voxprior {

/// Computed tomography: line integrals through a volume along the rays of a parallel, fan or circular cone beam.
///
///   x    [D,H,W]  float32  linear attenuation, 1/mm
///   y    [V,R,U]  float32  one line integral for each view, detector row and detector column; no unit
///
/// The ray-driven rule of Joseph (ct_ray_path.h), in a cone also between slices. forward() and adjoint() compute the
/// same weights, so they are adjoint to rounding; adjoint() is the plain sum, without the weights and filters of a
/// back-projection that inverts (see filtered_back_projection()). The result does not depend on the number of threads.
///
/// Computed on the CPU in at::get_num_threads() threads: tensors on another device travel there and back.
class CtProjector final : public LinearOperator {
 public:
  /// Throws what check_geometry() throws.
  explicit CtProjector(CtGeometry geometry);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;

  std::vector<std::int64_t> domain() const override;
  std::vector<std::int64_t> codomain() const override;

  const CtGeometry& geometry() const { return geometry_; }

 private:
  CtGeometry geometry_;
};

}  // namespace voxprior
