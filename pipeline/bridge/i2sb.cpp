#include "pipeline/bridge/i2sb.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "pipeline/bridge/path.h"

namespace voxprior {

torch::Tensor sample_i2sb(const BridgePredictor& predict, const torch::Tensor& scan, const std::vector<double>& path,
                          const StepNoise& noise, double epsilon) {
  check_path(path);
  const torch::NoGradGuard no_grad;
  torch::Tensor x = scan;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const double a = path[i], b = path[i + 1];
    x = torch::lerp(predict(x, a), x, b / a);
    const bool last = i + 2 == path.size();
    if (epsilon > 0 && !last) x = x + epsilon * std::sqrt(b * (a - b) / a) * noise(x, i + 1);
  }
  return x;
}

}  // namespace voxprior
