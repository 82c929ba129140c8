#include "pipeline/samplers/euler.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor sample_euler(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                           const Progress& progress) {
  check_falling(sigmas);
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double keep = sigmas[i + 1] / sigmas[i];
    x = keep * x + (1 - keep) * denoise(x, sigmas[i]);
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace voxprior
