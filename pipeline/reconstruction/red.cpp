#include "pipeline/reconstruction/red.h"

#include <torch/types.h>

#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/denoiser_levels.h"

namespace voxprior {

torch::Tensor reconstruct_red(const NormalisedProblem& problem, const MethodOptions& options,
                              IterationMonitor& monitor) {
  const std::vector<double> levels = denoiser_levels(problem, options, descending_iterations(options));
  torch::Tensor u = problem.start;
  for (int k = 0; k < options.iterations; ++k) {
    const double sigma = level_or_last(levels, k), alpha = prior_weight(problem, options, sigma);
    u = data_step(*problem.a, problem.aty, alpha, problem.denoise(u, sigma), u, options.cg_iterations);
    if (monitor.stop_after(u, sigma)) break;
  }
  return u;
}

}  // namespace voxprior
