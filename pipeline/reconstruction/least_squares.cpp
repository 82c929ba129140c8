#include "pipeline/reconstruction/least_squares.h"

#include <torch/types.h>

#include "pipeline/reconstruction/conjugate_gradients.h"
#include "pipeline/reconstruction/norms.h"

namespace voxprior {

torch::Tensor reconstruct_least_squares(const NormalisedProblem& problem, const MethodOptions& options,
                                        IterationMonitor& monitor) {
  const auto watch = [&](const torch::Tensor& u) {
    const torch::Tensor au = problem.a->forward(u);
    return monitor.stop_after(u, 0, au, squared_norm(au - problem.y) / 2 + options.lambda / 2 * squared_norm(u));
  };
  return conjugate_gradients(*problem.a, options.lambda, problem.aty, torch::zeros_like(problem.aty),
                             options.iterations, 0, watch);
}

}  // namespace voxprior
