#include "pipeline/reconstruction/fista.h"

#include <torch/types.h>

#include <cmath>

#include "pipeline/reconstruction/norms.h"

namespace voxprior {

torch::Tensor fista(const NormalisedProblem& problem, double step, int iterations, const ProximalStep& prox,
                    const PriorValue& prior, const LevelAt& level, IterationMonitor& monitor) {
  const LinearOperator& a = *problem.a;
  torch::Tensor u = problem.start, au = a.forward(u), z = u, az = au;
  double t = 1;
  for (int k = 0; k < iterations; ++k) {
    const torch::Tensor next = prox(z - step * a.adjoint(az - problem.y), k), a_next = a.forward(next);
    const double objective = prior ? squared_norm(a_next - problem.y) / 2 + prior(next) : std::nan("");
    const bool uphill = real_inner(z - next, next - u) > 0;
    if (uphill) t = 1;
    const double t_next = (1 + std::sqrt(1 + 4 * t * t)) / 2, momentum = uphill ? 0 : (t - 1) / t_next;
    z = next + momentum * (next - u);
    az = a_next + momentum * (a_next - au);
    u = next;
    au = a_next;
    t = t_next;
    if (monitor.stop_after(u, level ? level(k) : 0, au, objective)) break;
  }
  return u;
}

}  // namespace voxprior
