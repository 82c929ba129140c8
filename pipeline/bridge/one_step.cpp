#include "pipeline/bridge/one_step.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "pipeline/bridge/path.h"

namespace voxprior {

torch::Tensor sample_one_step(const BridgePredictor& predict, const torch::Tensor& scan,
                              const std::vector<double>& path) {
  check_path(path);
  const torch::NoGradGuard no_grad;
  return path.size() == 1 ? scan : torch::lerp(predict(scan, 1), scan, path.back());
}

}  // namespace voxprior
