#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/core/linear_operator.h"
#include "pipeline/operators/kaiser_bessel.h"

namespace voxprior {

struct NufftOptions {
  double oversampling = 1.5;  ///< of the grid: 2 is the classic, 1.25 the least that Beatty et al. recommend
  int width = 6;              ///< of the kernel, in grid points
};

/// Fourier transform at positions off the grid:
///
///   y(m) = sum_n x(n) e^{-2 pi i sum_a k_a(m) (n_a - c_a) / N_a} / sqrt(N),   c = N/2 rounded down on each axis
///
///   x  [D,H,W]  complex64      y  [M]  complex64
///   k  [M,3]    float32        positions along D, H, W in cycles per field of view: -N/2 .. N/2; an axis of length 1
///                              takes no notice of its own
///
/// so that positions on the grid give centred_fft(). By gridding: the image is divided by the kernel's transform,
/// padded, transformed and interpolated; adjoint() runs the same steps backwards, adjoint to rounding. The relative
/// error against the sum written out depends on the options: 7e-3 for an oversampling of 1.25 and a width of 4, below
/// 2e-4 for the defaults, below 2e-5 for 2 and 6.
///
/// Computed on the CPU; tensors on another device travel there and back. No density compensation: that belongs to the
/// one who inverts. The result does not depend on the number of threads.
class Nufft final : public LinearOperator {
 public:
  /// Throws Error(ExitCode::input) when positions are not finite, none is given, or one is beyond what the
  /// voxels resolve.
  Nufft(std::array<std::int64_t, 3> sizes, const torch::Tensor& positions, const NufftOptions& options = {});

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;

  std::vector<std::int64_t> domain() const override { return {sizes_.begin(), sizes_.end()}; }
  std::vector<std::int64_t> codomain() const override { return {count_}; }

 private:
  /// Where a sample lies on the grid: its first cell on each axis, and how far behind that it is.
  struct Place {
    std::array<std::int32_t, 3> first;
    std::array<float, 3> beyond_first;
    std::int64_t sample;
  };

  torch::Tensor padded(const torch::Tensor& x) const;
  torch::Tensor cropped(const torch::Tensor& grid) const;

  std::array<std::int64_t, 3> sizes_, grid_, apron_;  // apron: grid points repeated beyond the end
  std::int64_t count_;
  KaiserBessel kernel_;
  torch::Tensor gain_;         // [D,H,W] 1 / transform of the kernel / sqrt(N)
  std::vector<Place> places_;  // ordered by the first cell along D, then H: neighbours share cache lines
};

}  // namespace voxprior
