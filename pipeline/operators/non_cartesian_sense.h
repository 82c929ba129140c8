#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "pipeline/core/linear_operator.h"
#include "pipeline/operators/nufft.h"

namespace voxprior {

/// Multi-coil MRI off the grid:  y_c = F (s_c x)  for the coils c = 1 .. C, where F is a Nufft.
///
///   x [D,H,W] complex64      y [C,M] complex64
///
/// normal() does no gridding: A^H A is a convolution with the trajectory's point spread function in every coil, done by
/// FFTs of about twice the image's size. It agrees with adjoint(forward(x)) to the error of the Nufft.
///
/// Fessler et al., Toeplitz-based iterative image reconstruction for MRI with correction for magnetic field
/// inhomogeneity. IEEE Transactions on Signal Processing 53:3393-3402, 2005.
class NonCartesianSense final : public LinearOperator {
 public:
  /// maps [C,D,H,W] complex64; positions [M,3] float32 in cycles per field of view, as of Nufft. Throws what Nufft
  /// throws, and Error(ExitCode::input) for maps of other dimensions.
  NonCartesianSense(torch::Tensor maps, const torch::Tensor& positions, const NufftOptions& options = {});

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;
  torch::Tensor normal(const torch::Tensor& x) const override;

  std::vector<std::int64_t> domain() const override { return maps_.sizes().slice(1).vec(); }
  std::vector<std::int64_t> codomain() const override { return {maps_.size(0), nufft_->codomain()[0]}; }

 private:
  torch::Tensor maps_;
  std::unique_ptr<const Nufft> nufft_;
  torch::Tensor spectrum_;  // [2D,2H,2W] float32: transform of the point spread function; axes of length 1 stay
};

}  // namespace voxprior
