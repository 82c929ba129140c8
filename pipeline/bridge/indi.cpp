#include "pipeline/bridge/indi.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "pipeline/bridge/path.h"

namespace voxprior {

torch::Tensor sample_indi(const BridgePredictor& predict, const torch::Tensor& scan, const std::vector<double>& path,
                          const StepNoise& noise, const InDiNoise& epsilon) {
  check_path(path);
  const torch::NoGradGuard no_grad;
  if (path.size() == 1) return scan;
  torch::Tensor x = scan;
  if (epsilon(1) > 0) x = x + epsilon(1) * noise(x, 0);
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const double a = path[i], b = path[i + 1];
    x = torch::lerp(predict(x, a), x, b / a);
    if (b == 0) break;  // where epsilon may have no value
    const double added = epsilon(b) * epsilon(b) - epsilon(a) * epsilon(a);
    TORCH_CHECK(added >= 0, "the noise of InDI must not fall on the way to the clean volume");
    if (added > 0) x = x + b * std::sqrt(added) * noise(x, i + 1);
  }
  return x;
}

}  // namespace voxprior
