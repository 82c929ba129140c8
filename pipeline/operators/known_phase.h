#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/core/linear_operator.h"

namespace voxprior {

/// A real image times a phase that is known:  y = e^{i phase} x.  Before CartesianSense it makes partial-Fourier data
/// complete: the conjugate symmetry of a real image fills in what was not sampled.
///
/// x float32, y complex64, both of the phase's shape. Linear over the real numbers: the adjoint, Re(e^{-i phase} y), is
/// that of the real inner product Re <a, b>.
///
/// Noll et al., Homodyne detection in magnetic resonance imaging. IEEE Transactions on Medical Imaging 10:154-163,
/// 1991.
class KnownPhase final : public LinearOperator {
 public:
  /// unit: e^{i phase}, complex64. Kept, not copied.
  explicit KnownPhase(torch::Tensor unit);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;

  std::vector<std::int64_t> domain() const override { return unit_.sizes().vec(); }
  std::vector<std::int64_t> codomain() const override { return unit_.sizes().vec(); }

 private:
  torch::Tensor unit_;
};

/// e^{i phase} of a complex image [D,H,W] at low resolution: of its k-space tapered by a Hann window over `region`
/// positions around the centre, which must have been sampled on both sides. 1 where the image is 0.
torch::Tensor low_resolution_phase(const torch::Tensor& image, const std::array<std::int64_t, 3>& region);

}  // namespace voxprior
