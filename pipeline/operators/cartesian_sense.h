#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "pipeline/core/linear_operator.h"

namespace voxprior {

enum class KspaceAxes {
  volume,  ///< F transforms D, H and W: a 3D acquisition, or one slice with D = 1
  slices   ///< F transforms H and W: a stack of slices, each with a k-space of its own
};

/// Multi-coil MRI on a Cartesian grid:  y_c = M F (s_c x)  for the coils c = 1 .. C.
///
///   x    [D,H,W]    complex64  image, in the scanner's unit
///   y    [C,D,H,W]  complex64  k-space with its centre at index N/2 (rounded down); zero where it was not sampled
///   s_c             coil sensitivities; M keeps the sampled positions; F is the unitary centred_fft()
///
/// F being unitary, A^H y = sum_c conj(s_c) F^-1 M y_c; and if everything is sampled and sum_c |s_c|^2 = 1 then A^H A
/// = 1. Partial Fourier and elliptical or Poisson-disc sampling are masks.
///
/// Coils are processed a few at a time, one in each thread, so that beside maps and data little memory is needed.
/// Centring costs nothing: its phases are part of the maps and the mask (centring_phase()). normal() leaves out the
/// transform along axes on which the mask does not depend, such as the readout: it would undo itself.
///
/// Pruessmann et al., SENSE: sensitivity encoding for fast MRI. Magnetic Resonance in Medicine 42:952-962, 1999.
class CartesianSense final : public LinearOperator {
 public:
  /// maps [C,D,H,W] complex64; mask [D,H,W] bool, true where sampled, on the same device. Neither is kept.
  /// Throws Error(ExitCode::input) when their sizes do not fit together.
  CartesianSense(const torch::Tensor& maps, const torch::Tensor& mask, KspaceAxes axes = KspaceAxes::volume);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;
  torch::Tensor normal(const torch::Tensor& x) const override;

  /// sqrt(max over voxels of sum_c |s_c|^2), since M and F have norm 1.
  double norm_bound() const override { return norm_bound_; }

  std::vector<std::int64_t> domain() const override { return maps_.sizes().slice(1).vec(); }
  std::vector<std::int64_t> codomain() const override { return maps_.sizes().vec(); }

 private:
  std::vector<std::int64_t> axes_;         // that F transforms, of length above 1
  std::vector<std::int64_t> normal_axes_;  // those of them along which the mask changes
  torch::Tensor maps_;                     // [C,D,H,W] times the phase before the transform
  torch::Tensor sampled_;                  // [D,H,W] the phase after it where sampled, 0 elsewhere
  torch::Tensor signed_mask_;              // [D,H,W,2] +-1 / number of points where sampled; 1 along constant axes
  double norm_bound_ = 0;
};

}  // namespace voxprior
