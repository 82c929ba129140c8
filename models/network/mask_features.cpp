#include "models/network/mask_features.h"

#include <cmath>

#include "pipeline/wavelet/haar.h"

namespace voxprior {

std::int64_t mask_feature_count(std::size_t labels) {
  return labels == 0 ? 0 : 8 * (static_cast<std::int64_t>(labels) + 1);
}

torch::Tensor mask_features(const torch::Tensor& mask) {
  const auto n = mask.size(0), k = mask.size(1), d = mask.size(2), h = mask.size(3), w = mask.size(4);
  const torch::Tensor bands = haar_forward(mask.reshape({n * k, 1, d, h, w}));
  return bands.reshape({n, 8 * k, d / 2, h / 2, w / 2}) / std::sqrt(8.);
}

}  // namespace voxprior
