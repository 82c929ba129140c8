#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "pipeline/core/linear_operator.h"

namespace voxprior {

/// Multi-coil MRI on a Cartesian grid:  y_c = M F (s_c x)  for the coils c = 1 .. C.
///
///   x    [D,H,W]    complex64  image, in the scanner's unit
///   y    [C,D,H,W]  complex64  k-space with its centre at index N/2 (rounded down); zero where it was not sampled
///   s_c             coil sensitivities; M keeps the sampled positions; F is the unitary centred_fft()
///
/// F being unitary, A^H y = sum_c conj(s_c) F^-1 M y_c; and if everything is sampled and sum_c |s_c|^2 = 1 then A^H A
/// = 1.
///
/// Pruessmann et al., SENSE: sensitivity encoding for fast MRI. Magnetic Resonance in Medicine 42:952-962, 1999.
class CartesianSense final : public LinearOperator {
 public:
  /// maps [C,D,H,W] complex64; mask [D,H,W] bool, true where sampled, on the same device. Both are kept, not copied.
  /// Throws Error(ExitCode::input) when their sizes do not fit together.
  CartesianSense(torch::Tensor maps, torch::Tensor mask);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;

  std::vector<std::int64_t> domain() const override { return mask_.sizes().vec(); }
  std::vector<std::int64_t> codomain() const override { return maps_.sizes().vec(); }

 private:
  torch::Tensor maps_;  // [C,D,H,W]
  torch::Tensor mask_;  // [D,H,W]
};

}  // namespace voxprior
