#include "pipeline/bridge/process_defined.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "pipeline/bridge/path.h"

namespace voxprior {

torch::Tensor sample_process_defined(const BridgePredictor& predict, const torch::Tensor& scan,
                                     const std::vector<double>& path) {
  check_path(path);
  const torch::NoGradGuard no_grad;
  torch::Tensor x = scan;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) x = torch::lerp(predict(x, path[i]), scan, path[i + 1]);
  return x;
}

}  // namespace voxprior
