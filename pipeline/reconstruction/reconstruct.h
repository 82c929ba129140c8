#pragma once

#include <torch/types.h>

#include <functional>

#include "pipeline/reconstruction/monitor.h"
#include "pipeline/reconstruction/normalised_problem.h"
#include "pipeline/reconstruction/problem.h"

namespace voxprior {

/// A method: from a normalised problem to its image u. Tells `monitor` every iterate and stops when it says so.
using ReconstructionMethod = std::function<torch::Tensor(const NormalisedProblem& problem, const MethodOptions& options,
                                                         IterationMonitor& monitor)>;

/// How well an image explains the data: as in Reconstruction.
struct DataFit {
  double data_residual = 0;
  double residual_over_noise = 0;
};

DataFit data_fit(const NormalisedProblem& problem, const torch::Tensor& u);

/// Normalises the problem, runs the method and judges what came of it. An image that diverged is replaced by the best
/// iterate, with a warning; the starting image if no iterate was finite.
Reconstruction reconstruct(const ReconstructionProblem& problem, const ReconstructionMethod& method,
                           const MethodOptions& options, const IterationObserver& observer = {});

/// The same for a problem that is normalised already, so that several runs share that work.
Reconstruction reconstruct_normalised(const NormalisedProblem& problem, const ReconstructionMethod& method,
                                      const MethodOptions& options, const IterationObserver& observer = {});

}  // namespace voxprior
