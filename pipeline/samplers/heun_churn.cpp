#include "pipeline/samplers/heun_churn.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "pipeline/samplers/heun.h"
#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor sample_heun_churn(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                const StepNoise& noise, const Progress& progress, const Churn& churn) {
  check_falling(sigmas);
  TORCH_CHECK(churn.amount >= 0 && churn.noise_std >= 0, "churn cannot be negative");
  const torch::NoGradGuard no_grad;
  const double steps = static_cast<double>(sigmas.size() - 1);
  const double gamma = std::min(churn.amount / steps, std::sqrt(2.) - 1);
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    double sigma = sigmas[i];
    if (gamma > 0 && sigma >= churn.sigma_min && sigma <= churn.sigma_max) {
      const double raised = (1 + gamma) * sigma;
      x = x + std::sqrt(raised * raised - sigma * sigma) * churn.noise_std * noise(x, i);
      sigma = raised;
    }
    x = heun_step(denoise, x, sigma, sigmas[i + 1]);
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace voxprior
