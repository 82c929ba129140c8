#include "pipeline/samplers/consistency.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor sample_consistency(const Denoiser& f, torch::Tensor x, const std::vector<double>& sigmas,
                                 const StepNoise& noise, const Progress& progress, double sigma_min) {
  check_falling(sigmas);
  TORCH_CHECK(sigmas.back() == 0, "a consistency function goes all the way");
  const torch::NoGradGuard no_grad;
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    x = f(x, sigmas[i]);
    const double next = sigmas[i + 1];
    if (next > sigma_min) x = x + std::sqrt(next * next - sigma_min * sigma_min) * noise(x, i);
    report_step(progress, i, sigmas);
  }
  return x;
}

std::vector<double> consistency_levels(int steps, double sigma_min, double sigma_max) {
  if (steps < 1) fail(ExitCode::usage, "no sample in ", steps, " calls of a consistency function: needs 1 or more");
  std::vector<double> sigmas = karras_schedule(steps + 1, sigma_min, sigma_max);
  sigmas.erase(sigmas.end() - 2);  // sigma_min
  return sigmas;
}

}  // namespace voxprior
