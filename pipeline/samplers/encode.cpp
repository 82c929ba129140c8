#include "pipeline/samplers/encode.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "pipeline/samplers/steps.h"

namespace voxprior {
namespace {

std::vector<double> levels_above_zero(std::vector<double> sigmas) {
  check_falling(sigmas);
  if (sigmas.back() == 0) sigmas.pop_back();
  TORCH_CHECK(sigmas.size() >= 2, "encode and decode need two or more noise levels above 0");
  return sigmas;
}

torch::Tensor follow(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& levels,
                     const Progress& progress, const OdeStep& step) {
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    x = step(denoise, x, levels[i], levels[i + 1]);
    report_step(progress, i, levels);
  }
  return x;
}

}  // namespace

torch::Tensor rk4_step(const Denoiser& denoise, const torch::Tensor& x, double sigma, double next) {
  const double h = std::log(next / sigma), middle = std::sqrt(sigma * next);
  const torch::Tensor k1 = x - denoise(x, sigma);
  const torch::Tensor x2 = x + h / 2 * k1, k2 = x2 - denoise(x2, middle);
  const torch::Tensor x3 = x + h / 2 * k2, k3 = x3 - denoise(x3, middle);
  const torch::Tensor x4 = x + h * k3, k4 = x4 - denoise(x4, next);
  return x + h / 6 * (k1 + 2 * (k2 + k3) + k4);
}

torch::Tensor encode(const Denoiser& denoise, torch::Tensor volume, const std::vector<double>& sigmas,
                     const Progress& progress, const OdeStep& step) {
  std::vector<double> levels = levels_above_zero(sigmas);
  std::reverse(levels.begin(), levels.end());
  return follow(denoise, std::move(volume), levels, progress, step);
}

torch::Tensor decode(const Denoiser& denoise, torch::Tensor latent, const std::vector<double>& sigmas,
                     const Progress& progress, const OdeStep& step) {
  return follow(denoise, std::move(latent), levels_above_zero(sigmas), progress, step);
}

}  // namespace voxprior
