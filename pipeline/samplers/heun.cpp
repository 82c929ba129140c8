#include "pipeline/samplers/heun.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor heun_step(const Denoiser& denoise, const torch::Tensor& x, double sigma, double next) {
  const double step = next - sigma;
  const torch::Tensor slope = (x - denoise(x, sigma)) / sigma;
  const torch::Tensor euler = x + step * slope;
  if (next == 0) return euler;
  return x + step * 0.5 * (slope + (euler - denoise(euler, next)) / next);
}

torch::Tensor sample_heun(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                          const Progress& progress) {
  check_falling(sigmas);
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    x = heun_step(denoise, x, sigmas[i], sigmas[i + 1]);
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace voxprior
