#include "pipeline/reconstruction/reconstruct.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <sstream>

#include "pipeline/reconstruction/norms.h"

namespace voxprior {
DataFit data_fit(const NormalisedProblem& problem, const torch::Tensor& u) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor residual = problem.a->forward(u) - problem.y, measured = problem.y != 0;
  DataFit fit;
  fit.data_residual = std::sqrt(squared_norm(residual) / squared_norm(problem.y));
  if (problem.noise_known) {
    const double parts = problem.y.is_complex() ? 2 : 1;  // `noise` is that of each part
    const double count = parts * measured.sum().item().toDouble();
    fit.residual_over_noise = std::sqrt(squared_norm(residual * measured) / count) / problem.noise;
  }
  return fit;
}

Reconstruction reconstruct_normalised(const NormalisedProblem& problem, const ReconstructionMethod& method,
                                      const MethodOptions& options, const IterationObserver& observer) {
  const torch::NoGradGuard no_grad;
  IterationMonitor monitor(problem, options.tolerance, observer);
  torch::Tensor u = method(problem, options, monitor);

  Reconstruction result;
  result.log = monitor.log();
  result.stop = monitor.reason();
  result.best_iteration = static_cast<int>(result.log.size());
  if (result.stop == StopReason::diverged) {
    u = monitor.best();
    result.best_iteration = monitor.best_iteration();
    // Iterates that only ever got worse have done nothing for the image that they began with.
    if (!u.defined() || data_fit(problem, problem.start).data_residual < data_fit(problem, u).data_residual) {
      u = problem.start;
      result.best_iteration = 0;
    }
    std::ostringstream warning;
    warning << "the iterations diverged; the image is that of iteration " << result.best_iteration << " of "
            << result.log.size() << (result.best_iteration == 0 ? ", the start of all" : "")
            << ". A smaller step or a stronger prior may help";
    result.warnings.push_back(warning.str());
  }
  const DataFit fit = data_fit(problem, u);
  result.data_residual = fit.data_residual;
  result.residual_over_noise = fit.residual_over_noise;
  result.unit = problem.unit;
  result.image = u * problem.unit;
  return result;
}

Reconstruction reconstruct(const ReconstructionProblem& problem, const ReconstructionMethod& method,
                           const MethodOptions& options, const IterationObserver& observer) {
  return reconstruct_normalised(normalise(problem), method, options, observer);
}

}  // namespace voxprior
