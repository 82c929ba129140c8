#include "pipeline/reconstruction/image_denoiser.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "pipeline/operators/centred_fft.h"

namespace voxprior {
namespace {

/// Hann window of `n` samples around index n/2 that falls to 0 at half of fraction * n on each side.
torch::Tensor hann(std::int64_t n, double fraction, const torch::TensorOptions& options) {
  const double half = std::max(1., fraction * static_cast<double>(n) / 2);
  const torch::Tensor distance = (torch::arange(n, options) - n / 2).abs().clamp_max(half);
  return 0.5 + 0.5 * torch::cos(distance * (M_PI / half));
}

}  // namespace

ImageDenoiser real_image_denoiser(Denoiser denoise) {
  return [denoise = std::move(denoise)](const torch::Tensor& u, double sigma) {
    const torch::Tensor batch = u.to(torch::kFloat32).unsqueeze(0).unsqueeze(0);
    return denoise(batch, sigma).squeeze(0).squeeze(0).to(u.scalar_type());
  };
}

ImageDenoiser complex_image_denoiser(Denoiser denoise, torch::Tensor phase) {
  return [denoise = std::move(denoise), phase = std::move(phase)](const torch::Tensor& u, double sigma) {
    const torch::Tensor turned = u * phase.conj();
    const torch::Tensor parts = torch::stack({torch::real(turned), torch::imag(turned)}).to(torch::kFloat32);
    const torch::Tensor clean = denoise(parts.unsqueeze(1), sigma).squeeze(1).to(torch::real(u).scalar_type());
    return torch::complex(clean[0], clean[1]) * phase;
  };
}

torch::Tensor low_resolution_phase(const torch::Tensor& u, double fraction) {
  TORCH_CHECK(u.is_complex() && u.dim() == 3, "a phase is that of a complex [D,H,W], not ", u.sizes());
  const torch::TensorOptions real = torch::real(u).options();
  const torch::Tensor window = hann(u.size(0), fraction, real).view({-1, 1, 1}) *
                               hann(u.size(1), fraction, real).view({-1, 1}) * hann(u.size(2), fraction, real);
  const torch::Tensor smooth = centred_ifft(centred_fft(u) * window), magnitude = smooth.abs();
  return torch::where(magnitude > 0, smooth / magnitude, torch::ones_like(smooth));
}

}  // namespace voxprior
