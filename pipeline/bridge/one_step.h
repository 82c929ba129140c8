#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/bridge/predictor.h"

namespace voxprior {

/// Plain regression, what every other sampler is to be compared with: from the scan y straight to path.back(),
///
///   x = y + (1 - path.back()) (f(y, 1) - y)
///
/// One evaluation, whatever the steps of the path; none where it has none.
torch::Tensor sample_one_step(const BridgePredictor& predict, const torch::Tensor& scan,
                              const std::vector<double>& path);

}  // namespace voxprior
