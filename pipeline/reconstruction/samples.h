#pragma once

#include <torch/types.h>

#include <functional>
#include <vector>

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Several samples of a stochastic method.
struct SampleSummary {
  torch::Tensor mean;  ///< [D,H,W], unit of the image
  torch::Tensor
      standard_deviation;  ///< [D,H,W] real; of a complex image sqrt(E |x - mean|^2). Undefined for one sample
  std::vector<Reconstruction> runs;  ///< without their images
  double data_residual = 0;          ///< of the mean
  double residual_over_noise = 0;    ///< of the mean
};

/// Told of the iterations of every sample, `sample` from 0.
using SampleObserver = std::function<void(int sample, const IterationRecord& record)>;

/// Mean and standard deviation over `count` samples, which take the seeds options.seed, options.seed + 1 and so on.
/// Holds two images besides those of one run, however many the samples. The spread is that of the method: it is a
/// measure of uncertainty as far as the method samples the posterior.
SampleSummary reconstruct_samples(const ReconstructionProblem& problem, const ReconstructionMethod& method,
                                  const MethodOptions& options, int count, const SampleObserver& observer = {});

}  // namespace voxprior
