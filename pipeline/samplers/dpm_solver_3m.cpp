#include "pipeline/samplers/dpm_solver_3m.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>

#include "pipeline/samplers/exponential_weights.h"
#include "pipeline/samplers/steps.h"

namespace voxprior {

torch::Tensor sample_dpm_solver_3m(const Denoiser& denoise, torch::Tensor x, const std::vector<double>& sigmas,
                                   const Progress& progress) {
  check_falling(sigmas);
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> clean;  // D at sigmas[i], sigmas[i-1], sigmas[i-2]
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double sigma = sigmas[i], next = sigmas[i + 1];
    clean.insert(clean.begin(), denoise(x, sigma));
    clean.resize(std::min<std::size_t>(clean.size(), 3));
    if (next == 0) {
      x = clean[0];
    } else {
      std::vector<double> nodes;
      const std::size_t used = usable_history(sigmas, i, 3);
      for (std::size_t k = 0; k < used; ++k) nodes.push_back(std::log(sigma / sigmas[i - k]));
      const std::vector<double> weights = exponential_weights(nodes, std::log(sigma / next));
      x = next / sigma * x;
      for (std::size_t k = 0; k < used; ++k) x = x + weights[k] * clean[k];
    }
    report_step(progress, i, sigmas);
  }
  return x;
}

}  // namespace voxprior
