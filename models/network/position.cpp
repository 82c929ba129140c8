#include "models/network/position.h"

#include <torch/types.h>

namespace voxprior {

torch::Tensor position_features(std::int64_t n, std::int64_t d, std::int64_t h, std::int64_t w,
                                const torch::TensorOptions& options) {
  const auto along = [&](std::int64_t size, std::vector<std::int64_t> shape) {
    // Centres of `size` cells that fill -1 .. 1.
    const torch::Tensor centres = (torch::arange(size, options) + 0.5) * (2. / static_cast<double>(size)) - 1;
    return centres.view(shape).expand({n, 1, d, h, w});
  };
  return torch::cat({along(d, {1, 1, d, 1, 1}), along(h, {1, 1, 1, h, 1}), along(w, {1, 1, 1, 1, w})}, 1);
}

}  // namespace voxprior
