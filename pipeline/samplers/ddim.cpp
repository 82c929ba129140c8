#include "pipeline/samplers/ddim.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor sample_ddim(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                          const StepNoise& noise, const Progress& progress, double eta) {
  check_falling(sigmas);
  TORCH_CHECK(eta >= 0 && eta <= 1, "eta of DDIM lies in 0 to 1, not ", eta);
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double from = sigmas[i], to = sigmas[i + 1], ratio = to / from;
    const double fresh = eta * to * std::sqrt(1 - ratio * ratio);
    const double keep = std::sqrt(to * to - fresh * fresh) / from;
    x = keep * x + (1 - keep) * denoise(x, from);
    if (fresh > 0) x = x + fresh * noise(x, i);
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace voxprior
