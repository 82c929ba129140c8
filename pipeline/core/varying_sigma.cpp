#include "pipeline/core/varying_sigma.h"

#include <torch/types.h>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace voxprior {
namespace {

constexpr double kLargestStep = 1.7;  // 2.8 loses 0.1 dB, 1.3 gains nothing

}  // namespace

std::vector<double> sigma_levels(double least, double greatest) {
  TORCH_CHECK(least > 0 && greatest >= least, "noise levels from ", least, " to ", greatest);
  const double range = std::log(greatest / least);
  const auto steps = static_cast<std::int64_t>(std::ceil(range / std::log(kLargestStep) - 1e-9));
  std::vector<double> levels;
  for (std::int64_t n = 0; n <= steps; ++n)
    levels.push_back(steps == 0 ? least
                                : least * std::exp(range * static_cast<double>(n) / static_cast<double>(steps)));
  return levels;
}

torch::Tensor denoise_varying(const Denoiser& denoise, const torch::Tensor& x, const torch::Tensor& sigma,
                              const std::vector<double>& levels) {
  TORCH_CHECK(!levels.empty() && x.sizes() == sigma.sizes(), "a sigma for each voxel, and levels");
  if (levels.size() == 1) return denoise(x, levels[0]);
  const double step = std::log(levels[1] / levels[0]);
  const torch::Tensor place =
      ((sigma / levels[0]).log() / step).clamp(0, static_cast<double>(levels.size() - 1));  // in levels
  torch::Tensor result = torch::zeros_like(x);
  for (std::size_t n = 0; n < levels.size(); ++n) {
    const torch::Tensor weight = (1 - (place - static_cast<double>(n)).abs()).clamp_min(0);
    if (weight.max().item<float>() > 0) result += weight * denoise(x, levels[n]);
  }
  return result;
}

}  // namespace voxprior
