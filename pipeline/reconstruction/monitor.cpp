#include "pipeline/reconstruction/monitor.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <utility>

#include "pipeline/reconstruction/norms.h"

namespace voxprior {

IterationMonitor::IterationMonitor(const NormalisedProblem& problem, double tolerance, IterationObserver observer)
    : problem_(problem),
      tolerance_(tolerance),
      observer_(std::move(observer)),
      data_norm_(std::sqrt(squared_norm(problem.y))),
      previous_(problem.start) {}

bool IterationMonitor::stop_after(const torch::Tensor& u, double sigma, const torch::Tensor& au, double objective) {
  const torch::NoGradGuard no_grad;
  IterationRecord record;
  record.iteration = static_cast<int>(log_.size()) + 1;
  record.sigma = sigma;
  record.objective = objective;
  const torch::Tensor residual = (au.defined() ? au : problem_.a->forward(u)) - problem_.y;
  record.data_residual = std::sqrt(squared_norm(residual)) / data_norm_;
  const double size = std::sqrt(squared_norm(u));
  record.change = size > 0 ? std::sqrt(squared_norm(u - previous_)) / size : 0;
  previous_ = u;

  const bool has_objective = !std::isnan(objective);
  if (std::isnan(first_objective_)) first_objective_ = objective;
  const double measure = has_objective ? objective : record.data_residual;
  const bool grows =
      record.data_residual > kDivergence || (has_objective && objective > kDivergence * first_objective_);
  const bool finite = std::isfinite(record.data_residual) && std::isfinite(size) && !std::isinf(objective);
  if (finite && measure < best_measure_) {
    best_measure_ = measure;
    best_ = u;
    best_iteration_ = record.iteration;
  }
  log_.push_back(record);
  if (observer_) observer_(record);

  if (!finite || grows) {
    reason_ = StopReason::diverged;
    return true;
  }
  if (record.change < tolerance_) {
    reason_ = StopReason::converged;
    return true;
  }
  return false;
}

}  // namespace voxprior
