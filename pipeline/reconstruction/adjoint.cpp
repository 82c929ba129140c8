#include "pipeline/reconstruction/adjoint.h"

#include <torch/types.h>

#include "pipeline/reconstruction/norms.h"

namespace voxprior {

torch::Tensor reconstruct_adjoint(const NormalisedProblem& problem, const MethodOptions&, IterationMonitor& monitor) {
  const torch::Tensor image = problem.a->forward(problem.aty);
  const double scale = real_inner(image, problem.y) / squared_norm(image);
  const torch::Tensor u = scale * problem.aty;
  monitor.stop_after(u, 0, scale * image);
  return u;
}

}  // namespace voxprior
