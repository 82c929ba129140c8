#pragma once

#include <torch/types.h>

#include <cmath>
#include <limits>
#include <vector>

#include "pipeline/reconstruction/normalised_problem.h"
#include "pipeline/reconstruction/problem.h"

namespace voxprior {

/// Watches the iterates of a method: keeps the log and the best iterate, and says when to stop.
///
/// Best is the iterate of the smallest objective where the method has one, else of the smallest data residual. Iterates
/// diverge when they are not finite, when the data residual grows beyond kDivergence times that of the image 0, or the
/// objective beyond kDivergence times its first value: all what a method that works never does.
class IterationMonitor {
 public:
  /// `tolerance`: the change at which iterates have converged; 0 for never. `problem` must outlive the monitor.
  IterationMonitor(const NormalisedProblem& problem, double tolerance, IterationObserver observer);

  /// Takes note of iterate u. True when to stop. `au` is A' u where the method has it; without, it is computed.
  bool stop_after(const torch::Tensor& u, double sigma = 0, const torch::Tensor& au = {},
                  double objective = std::nan(""));

  StopReason reason() const { return reason_; }
  const std::vector<IterationRecord>& log() const { return log_; }
  const torch::Tensor& best() const { return best_; }  ///< undefined if no iterate was finite
  int best_iteration() const { return best_iteration_; }

 private:
  static constexpr double kDivergence = 3;

  const NormalisedProblem& problem_;
  double tolerance_;
  IterationObserver observer_;
  double data_norm_;
  torch::Tensor previous_, best_;
  double best_measure_ = std::numeric_limits<double>::infinity(), first_objective_ = std::nan("");
  int best_iteration_ = 0;
  StopReason reason_ = StopReason::finished;
  std::vector<IterationRecord> log_;
};

}  // namespace voxprior
