#include "pipeline/samplers/heun.h"

#include <torch/torch.h>

#include <algorithm>
#include <functional>

namespace voxprior {

torch::Tensor sample_heun(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                          const Progress& progress) {
  TORCH_CHECK(sigmas.size() >= 2 && sigmas.back() >= 0, "a sampler needs two or more noise levels from 0 up");
  TORCH_CHECK(std::is_sorted(sigmas.rbegin(), sigmas.rend(), std::less_equal<>()), "noise levels must fall strictly");
  const torch::NoGradGuard no_grad;
  const std::size_t steps = sigmas.size() - 1;
  for (std::size_t i = 0; i < steps; ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1], step = next - sigma;

    const torch::Tensor slope = (x - denoise(x, sigma)) / sigma;
    torch::Tensor euler = x + step * slope;
    if (next == 0) {
      x = euler;
    } else {
      const torch::Tensor slope_next = (euler - denoise(euler, next)) / next;
      x = x + step * 0.5 * (slope + slope_next);
    }
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(steps));
  }
  return x;
}

}  // namespace voxprior
