#include "pipeline/reconstruction/pnp_hqs.h"

#include <torch/types.h>

#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/denoiser_levels.h"

namespace voxprior {

torch::Tensor reconstruct_pnp_hqs(const NormalisedProblem& problem, const MethodOptions& options,
                                  IterationMonitor& monitor) {
  torch::Tensor u = problem.start, z = problem.start;
  for (const double sigma : denoiser_levels(problem, options, options.iterations)) {
    const double alpha = prior_weight(problem, options, sigma);
    u = data_step(*problem.a, problem.aty, alpha, z, u, options.cg_iterations);
    z = problem.denoise(u, sigma);
    if (monitor.stop_after(z, sigma)) break;
  }
  return z;
}

}  // namespace voxprior
