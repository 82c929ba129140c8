#include "pipeline/reconstruction/diffpir.h"

#include <torch/types.h>

#include <cmath>

#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/denoiser_levels.h"
#include "pipeline/reconstruction/image_noise.h"

namespace voxprior {

torch::Tensor reconstruct_diffpir(const NormalisedProblem& problem, const MethodOptions& options,
                                  IterationMonitor& monitor) {
  const std::vector<double> sigmas = denoiser_levels(problem, options, options.iterations);
  const ImageNoise noise = image_noise(options.seed);
  torch::Tensor x = problem.start + sigmas.front() * noise(problem.start, 0), x0hat = problem.start;
  for (std::size_t i = 0; i < sigmas.size(); ++i) {
    const double sigma = sigmas[i];
    const torch::Tensor x0 = problem.denoise(x, sigma);
    if (i + 1 == sigmas.size()) {
      monitor.stop_after(x0, sigma);
      return x0;
    }
    x0hat = data_step(*problem.a, problem.aty, prior_weight(problem, options, sigma), x0, x0, options.cg_iterations);
    if (monitor.stop_after(x0hat, sigma)) return x0hat;
    const torch::Tensor ehat = (x - x0hat) / sigma;
    x = x0hat + sigmas[i + 1] * (std::sqrt(1 - options.zeta) * ehat + std::sqrt(options.zeta) * noise(x, i + 1));
  }
  return x0hat;
}

}  // namespace voxprior
