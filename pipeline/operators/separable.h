#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/core/linear_operator.h"

namespace voxprior {

/// One matrix along each axis of a volume:  y[k',j',i'] = sum A_D[k',k] A_H[j',j] A_W[i',i] x[k,j,i]. Blur and thick
/// slices are operators of this kind; so is their composition.
///
/// x [D,H,W], y [D',H',W'], float32 or complex64, on any device: the matrices follow.
class Separable final : public LinearOperator {
 public:
  /// sizes: D, H, W of x. matrices: for each axis [out,in] float32, or undefined where the axis is left alone.
  /// Throws Error(ExitCode::input) when a matrix does not fit its axis.
  Separable(std::array<std::int64_t, 3> sizes, std::array<torch::Tensor, 3> matrices);

  torch::Tensor forward(const torch::Tensor& x) const override;
  torch::Tensor adjoint(const torch::Tensor& y) const override;

  std::vector<std::int64_t> domain() const override { return domain_; }
  std::vector<std::int64_t> codomain() const override { return codomain_; }

 private:
  std::vector<std::int64_t> domain_, codomain_;
  std::array<torch::Tensor, 3> matrices_;
};

/// Gaussian blur of `count` samples along an axis, [count,count]: row n holds the Gaussian around sample n integrated
/// over the extent of each sample; what falls beyond an end is reflected at it, so a constant stays what it is.
/// fwhm_mm: full width at half maximum; 0 gives the identity.
torch::Tensor gaussian_blur_matrix(std::int64_t count, double spacing_mm, double fwhm_mm);

enum class SliceProfile {
  boxcar,   ///< weighs everything within the thickness the same
  gaussian  ///< the thickness is the full width at half maximum
};

/// Where thick slices lie on the axis of thin ones; any ratio of spacings, gaps and overlaps.
struct ThickSlices {
  std::int64_t thin_count = 1;
  double thin_spacing_mm = 1;
  std::int64_t thick_count = 1;
  double thick_spacing_mm = 1;
  double thickness_mm = 1;
  double first_mm = 0;  ///< centre of the first thick slice, from the centre of the first thin one
  SliceProfile profile = SliceProfile::boxcar;
};

/// Thick slices as means of thin ones, [thick_count,thin_count]: row m holds the profile integrated over the extent of
/// each thin slice, scaled to add up to 1, so what a profile sees beyond the volume is taken to be as what it sees
/// inside. Throws Error(ExitCode::input) for a thick slice that lies outside the thin ones, and for sizes, spacings or
/// a thickness that are not positive.
torch::Tensor slice_profile_matrix(const ThickSlices& slices);

}  // namespace voxprior
