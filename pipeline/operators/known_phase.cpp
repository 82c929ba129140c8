#include "pipeline/operators/known_phase.h"

#include <torch/types.h>

#include <cmath>
#include <utility>

#include "pipeline/operators/centred_fft.h"

namespace voxprior {

KnownPhase::KnownPhase(torch::Tensor unit) : unit_(std::move(unit)) {
  TORCH_CHECK(unit_.scalar_type() == torch::kComplexFloat, "a phase must be complex64, got ", unit_.dtype());
}

torch::Tensor KnownPhase::forward(const torch::Tensor& x) const {
  TORCH_CHECK(x.sizes() == unit_.sizes() && !x.is_complex(), "expected a real image ", unit_.sizes(), ", got ",
              x.dtype(), " ", x.sizes());
  return unit_ * x;
}

torch::Tensor KnownPhase::adjoint(const torch::Tensor& y) const {
  TORCH_CHECK(y.sizes() == unit_.sizes(), "expected an image ", unit_.sizes(), ", got ", y.sizes());
  return torch::real(unit_.conj() * y).contiguous();
}

torch::Tensor low_resolution_phase(const torch::Tensor& image, const std::array<std::int64_t, 3>& region) {
  TORCH_CHECK(image.dim() == 3 && image.is_complex(), "expected a complex image [D,H,W], got ", image.sizes());
  torch::Tensor kspace = centred_fft(image);
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t size = image.size(axis), count = region[static_cast<std::size_t>(axis)];
    if (size == 1) continue;
    std::vector<std::int64_t> along{1, 1, 1};
    along[static_cast<std::size_t>(axis)] = size;
    const torch::Tensor position =
        (torch::arange(size, torch::kFloat) - static_cast<double>(size / 2)) / (0.5 * static_cast<double>(count + 1));
    const torch::Tensor taper = (0.5 + 0.5 * torch::cos(std::acos(-1.0) * position)) * (position.abs() < 1);
    kspace = kspace * taper.to(image.device()).reshape(along);
  }
  const torch::Tensor smooth = centred_ifft(kspace), length = smooth.abs();
  return torch::where(length > 0, smooth / length.clamp_min(1e-30), torch::ones_like(smooth));
}

}  // namespace voxprior
