#include "pipeline/likelihood/denoising_error.h"

#include <torch/types.h>
#include <torch/utils.h>

namespace voxprior {

std::vector<double> denoising_error(const Denoiser& denoise, const torch::Tensor& volumes,
                                    const std::vector<double>& levels, const StepNoise& noise, int draws,
                                    const Progress& progress) {
  TORCH_CHECK(draws >= 1, "denoising_error needs one draw of noise or more");
  const torch::NoGradGuard no_grad;
  std::vector<double> errors;
  for (std::size_t k = 0; k < levels.size(); ++k) {
    double sum = 0;
    for (int draw = 0; draw < draws && levels[k] > 0; ++draw) {
      const torch::Tensor n = noise(volumes, k * static_cast<std::uint64_t>(draws) + static_cast<std::uint64_t>(draw));
      const torch::Tensor error = denoise(volumes + levels[k] * n, levels[k]) - volumes;
      sum += error.square().mean(torch::kDouble).item<double>();
    }
    errors.push_back(sum / draws);
    if (progress) progress(static_cast<double>(k + 1) / static_cast<double>(levels.size()));
  }
  return errors;
}

}  // namespace voxprior
