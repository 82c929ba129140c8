#include "pipeline/operators/non_cartesian_sense.h"

#include <torch/torch.h>

#include <cmath>
#include <utility>

#include "base/error.h"

namespace voxprior {
namespace {

using Sizes = std::array<std::int64_t, 3>;

Sizes sizes_of(const torch::Tensor& maps) {
  TORCH_CHECK(maps.scalar_type() == torch::kComplexFloat, "coil maps must be complex64, got ", maps.dtype());
  if (maps.dim() != 4 || maps.size(0) == 0) fail(ExitCode::input, "coil maps must be [C,D,H,W], got ", maps.sizes());
  return {maps.size(1), maps.size(2), maps.size(3)};
}

/// sum_m e^{2 pi i k(m) n / N} / N for n = -N .. N - 1 on each axis, transformed. Its value at n = -N, which no pair of
/// voxels needs, is set to 0: then the rest is Hermitian and the transform real.
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
  for (std::int64_t a = 0; a < 3; ++a)
    if (twice[static_cast<std::size_t>(a)] > 1) spread.narrow(a, 0, 1).zero_();
  spread = torch::roll(spread, {-(twice[0] / 2), -(twice[1] / 2), -(twice[2] / 2)}, {0, 1, 2});
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
  const c10::IntArrayRef padded = spectrum_.sizes();
  const std::vector<std::int64_t> axes{0, 1, 2};
  torch::Tensor sum = torch::zeros_like(maps_[0]);
  for (std::int64_t c = 0; c < maps_.size(0); ++c) {
    torch::Tensor image = torch::fft::fftn(maps_[c] * x, padded, axes);  // padded with zeros at the end
    image = torch::fft::ifftn(image * spectrum_, {}, axes);
    for (const std::int64_t axis : axes) image = image.narrow(axis, 0, sum.size(axis));
    sum.addcmul_(maps_[c].conj(), image);
  }
  return sum;
}

}  // namespace voxprior
