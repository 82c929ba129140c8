#include "pipeline/operators/non_cartesian_sense.h"

#include <torch/fft.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <utility>

#include "base/error.h"
#include "pipeline/operators/fast_size.h"

namespace voxprior {
namespace {

using Sizes = std::array<std::int64_t, 3>;

Sizes sizes_of(const torch::Tensor& maps) {
  TORCH_CHECK(maps.scalar_type() == torch::kComplexFloat, "coil maps must be complex64, got ", maps.dtype());
  if (maps.dim() != 4 || maps.size(0) == 0) fail(ExitCode::input, "coil maps must be [C,D,H,W], got ", maps.sizes());
  return {maps.size(1), maps.size(2), maps.size(3)};
}

/// sum_m e^{2 pi i k(m) n / N} / N for the distances n = -(N - 1) .. N - 1 of two voxels on each axis, 0 for others, on
/// a circle that FFTs are fast on, transformed. It is Hermitian, so the transform is real.
torch::Tensor transfer_function(const Sizes& sizes, const torch::Tensor& positions, const NufftOptions& options) {
  Sizes twice = sizes;
  double scale = 1;
  for (std::size_t a = 0; a < 3; ++a)
    if (sizes[a] > 1) {
      twice[a] *= 2;
      scale *= std::sqrt(2.0) / std::sqrt(static_cast<double>(sizes[a]));  // sqrt(2 N) / N
    }
  const Nufft nufft(twice, positions * 2, options);
  torch::Tensor spread = nufft.adjoint(torch::ones({positions.size(0)}, torch::kComplexFloat)) * scale;
  std::vector<std::int64_t> missing, centre;
  for (std::int64_t a = 2; a >= 0; --a) {
    const std::int64_t size = sizes[static_cast<std::size_t>(a)];
    if (size > 1) spread = spread.narrow(a, 1, 2 * size - 1);  // without n = -N, which no pair of voxels needs
    missing.insert(missing.end(), {0, size > 1 ? fast_size(2 * size - 1) - (2 * size - 1) : 0});
    centre.push_back(-(size - 1));
  }
  spread = torch::roll(torch::constant_pad_nd(spread, missing), centre, {2, 1, 0});
  return torch::real(torch::fft::fftn(spread, {}, c10::IntArrayRef{0, 1, 2})).contiguous();
}

}  // namespace

NonCartesianSense::NonCartesianSense(torch::Tensor maps, const torch::Tensor& positions, const NufftOptions& options)
    : maps_(std::move(maps)), nufft_(std::make_unique<const Nufft>(sizes_of(maps_), positions, options)) {
  const torch::NoGradGuard no_grad;
  spectrum_ = transfer_function(sizes_of(maps_), positions.cpu(), options).to(maps_.device());
}

torch::Tensor NonCartesianSense::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == domain(), "expected an image ", domain(), ", got ", x.sizes());
  const torch::NoGradGuard no_grad;
  torch::Tensor y = torch::empty(codomain(), maps_.options());
  for (std::int64_t c = 0; c < maps_.size(0); ++c) y[c].copy_(nufft_->forward(maps_[c] * x));
  return y;
}

torch::Tensor NonCartesianSense::adjoint(const torch::Tensor& y) const {
  TORCH_CHECK(y.sizes() == codomain(), "expected samples ", codomain(), ", got ", y.sizes());
  const torch::NoGradGuard no_grad;
  torch::Tensor sum = torch::zeros_like(maps_[0]);
  for (std::int64_t c = 0; c < maps_.size(0); ++c) sum.addcmul_(maps_[c].conj(), nufft_->adjoint(y[c]));
  return sum;
}

torch::Tensor NonCartesianSense::normal(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == domain(), "expected an image ", domain(), ", got ", x.sizes());
  const torch::NoGradGuard no_grad;
  torch::Tensor sum = torch::zeros_like(maps_[0]);
  // Axis by axis, so that no line of zeros is transformed.
  for (std::int64_t c = 0; c < maps_.size(0); ++c) {
    torch::Tensor image = maps_[c] * x;
    for (const std::int64_t axis : {2, 1, 0}) image = torch::fft::fft(image, spectrum_.size(axis), axis);
    image.mul_(spectrum_);
    for (const std::int64_t axis : {0, 1, 2}) image = torch::fft::ifft(image, {}, axis).narrow(axis, 0, sum.size(axis));
    sum.addcmul_(maps_[c].conj(), image);
  }
  return sum;
}

}  // namespace voxprior
