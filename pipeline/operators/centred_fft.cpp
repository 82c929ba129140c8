#include "pipeline/operators/centred_fft.h"

#include <torch/fft.h>
#include <torch/types.h>

#include <array>
#include <cstdint>

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kAxes{-3, -2, -1};

void check(const torch::Tensor& x) {
  TORCH_CHECK(x.is_complex() && x.dim() >= 3, "a centred FFT takes a complex [..., D, H, W], got ", x.sizes());
}

}  // namespace

// ifftshift brings the centre to index 0, where the FFT has its origin; fftshift brings it back. They differ on odd
// axes.
torch::Tensor centred_fft(const torch::Tensor& x) {
  check(x);
  return torch::fft::fftshift(torch::fft::fftn(torch::fft::ifftshift(x, kAxes), {}, kAxes, "ortho"), kAxes);
}

torch::Tensor centred_ifft(const torch::Tensor& x) {
  check(x);
  return torch::fft::fftshift(torch::fft::ifftn(torch::fft::ifftshift(x, kAxes), {}, kAxes, "ortho"), kAxes);
}

}  // namespace voxprior
