#include "pipeline/reconstruction/pnp_pgd.h"

#include "pipeline/reconstruction/denoiser_levels.h"
#include "pipeline/reconstruction/fista.h"

namespace voxprior {

torch::Tensor reconstruct_pnp_pgd(const NormalisedProblem& problem, const MethodOptions& options,
                                  IterationMonitor& monitor) {
  const std::vector<double> levels = denoiser_levels(problem, options, descending_iterations(options));
  const auto level = [&](int k) { return level_or_last(levels, k); };
  const auto denoise = [&](const torch::Tensor& b, int k) { return problem.denoise(b, level(k)); };
  return fista(problem, options.step, options.iterations, denoise, {}, level, monitor);
}

}  // namespace voxprior
