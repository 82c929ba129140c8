#include "pipeline/samplers/dpm_solver_2m_sde.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor sample_dpm_solver_2m_sde(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                       const StepNoise& noise, const Progress& progress) {
  check_falling(sigmas);
  const torch::NoGradGuard no_grad;
  torch::Tensor clean_before;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1], keep = (next / sigma) * (next / sigma);
    const torch::Tensor clean = denoise(x, sigma);
    torch::Tensor extrapolated = clean;
    if (usable_history(sigmas, i, 2) == 2) {
      const double h = std::log(sigma / next), h_before = std::log(sigmas[i - 1] / sigma);
      extrapolated = clean + h / (2 * h_before) * (clean - clean_before);
    }
    x = keep * x + (1 - keep) * extrapolated;
    if (next > 0) x = x + next * std::sqrt(1 - keep) * noise(x, i);
    clean_before = clean;
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace voxprior
