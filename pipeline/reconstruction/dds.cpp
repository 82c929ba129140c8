#include "pipeline/reconstruction/dds.h"

#include <torch/types.h>

#include <cmath>

#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/denoiser_levels.h"
#include "pipeline/reconstruction/image_noise.h"

namespace voxprior {

torch::Tensor reconstruct_dds(const NormalisedProblem& problem, const MethodOptions& options,
                              IterationMonitor& monitor) {
  const std::vector<double> sigmas = denoiser_levels(problem, options, options.iterations);
  const ImageNoise noise = image_noise(options.seed);
  torch::Tensor x = problem.start + sigmas.front() * noise(problem.start, 0), x0hat = problem.start;
  for (std::size_t i = 0; i < sigmas.size(); ++i) {
    const torch::Tensor x0 = problem.denoise(x, sigmas[i]), ehat = (x - x0) / sigmas[i];
    // (lambda + A^H A) u = lambda x0 + A^H y, the paper's equation times lambda.
    x0hat = conjugate_gradients(*problem.a, options.lambda, problem.aty + options.lambda * x0, x0,
                                options.cg_iterations, 0);
    if (monitor.stop_after(x0hat, sigmas[i]) || i + 1 == sigmas.size()) break;
    x = x0hat + sigmas[i + 1] * (std::sqrt(options.zeta) * noise(x, i + 1) + std::sqrt(1 - options.zeta) * ehat);
  }
  return x0hat;
}

}  // namespace voxprior
