#include "pipeline/bridge/drift_corrected.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "pipeline/bridge/path.h"

namespace voxprior {

torch::Tensor sample_drift_fixed(const BridgePredictor& predict, const torch::Tensor& scan,
                                 const std::vector<double>& path) {
  check_path(path);
  const torch::NoGradGuard no_grad;
  torch::Tensor x = scan;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) x = x + (path[i] - path[i + 1]) * (predict(x, path[i]) - scan);
  return x;
}

torch::Tensor sample_drift_implied(const BridgePredictor& predict, const torch::Tensor& scan,
                                   const std::vector<double>& path) {
  check_path(path);
  const torch::NoGradGuard no_grad;
  torch::Tensor x = scan;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) x = torch::lerp(predict(x, path[i]), x, path[i + 1] / path[i]);
  return x;
}

}  // namespace voxprior
