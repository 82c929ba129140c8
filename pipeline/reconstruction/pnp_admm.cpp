#include "pipeline/reconstruction/pnp_admm.h"

#include <torch/types.h>

#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/denoiser_levels.h"

namespace voxprior {

torch::Tensor reconstruct_pnp_admm(const NormalisedProblem& problem, const MethodOptions& options,
                                   IterationMonitor& monitor) {
  const std::vector<double> levels = denoiser_levels(problem, options, descending_iterations(options));
  torch::Tensor u = problem.start, v = problem.start, w = torch::zeros_like(v);
  double rho_before = prior_weight(problem, options, levels.front());
  for (int k = 0; k < options.iterations; ++k) {
    const double sigma = level_or_last(levels, k), rho = prior_weight(problem, options, sigma);
    w = w * (rho_before / rho);
    rho_before = rho;

    u = data_step(*problem.a, problem.aty, rho, v - w, u, options.cg_iterations);
    v = problem.denoise(u + w, sigma);
    w = w + u - v;
    if (monitor.stop_after(v, sigma)) break;
  }
  return v;
}

}  // namespace voxprior
