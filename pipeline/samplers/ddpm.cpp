#include "pipeline/samplers/ddpm.h"

#include <torch/torch.h>

#include <cmath>

#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor sample_ddpm(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                          const StepNoise& noise, const Progress& progress, const ReverseVariance& variance) {
  check_falling(sigmas);
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double from = sigmas[i], to = sigmas[i + 1], keep = (to / from) * (to / from);
    x = keep * x + (1 - keep) * denoise(x, from);
    if (to > 0) x = x + std::sqrt(variance(from, to)) * noise(x, i);
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace voxprior
