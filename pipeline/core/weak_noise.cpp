#include "pipeline/core/weak_noise.h"

#include <torch/types.h>

#include <utility>

namespace voxprior {

Denoiser extended_below(Denoiser denoise, double sigma_min) {
  TORCH_CHECK(sigma_min > 0, "the weakest noise trained on is ", sigma_min);
  return [denoise = std::move(denoise), sigma_min](const torch::Tensor& x, double sigma) {
    if (sigma >= sigma_min) return denoise(x, sigma);
    const double share = (sigma / sigma_min) * (sigma / sigma_min);
    return x + share * (denoise(x, sigma_min) - x);
  };
}

}  // namespace voxprior
