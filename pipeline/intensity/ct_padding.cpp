#include "pipeline/intensity/ct_padding.h"

#include <algorithm>

namespace voxprior {

std::optional<float> ct_padding_value(const float* hounsfield, std::size_t n) {
  constexpr float kLeastMeasured = -1024;
  if (n == 0) return std::nullopt;
  const float least = *std::min_element(hounsfield, hounsfield + n);
  if (least >= kLeastMeasured) return std::nullopt;
  const auto count = static_cast<std::size_t>(std::count(hounsfield, hounsfield + n, least));
  return 100 * count >= n ? std::optional<float>(least) : std::nullopt;
}

}  // namespace voxprior
