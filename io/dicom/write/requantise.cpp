#include "io/dicom/write/requantise.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

/// Its own inverse.
std::int64_t mirrored(const PixelCoding& coding, std::int64_t value) {
  return coding.monochrome1 ? coding.least() + coding.greatest() - value : value;
}

/// The value nearest to `stored`, on the side where there is room, that does not mean "no pixel".
std::int64_t nearest_outside_padding(const PixelCoding& coding, std::int64_t stored) {
  const std::int64_t below = coding.padding_first - 1, above = coding.padding_last + 1;
  const bool nearer_below = stored - below < above - stored;
  if (below >= coding.least() && (nearer_below || above > coding.greatest())) return below;
  return above <= coding.greatest() ? above : stored;
}

}  // namespace

float real_value(const PixelCoding& coding, std::int64_t stored) {
  return static_cast<float>(static_cast<double>(mirrored(coding, stored)) * coding.slope + coding.intercept);
}

RequantiseCounts requantise(const PixelCoding& coding, const float* values, std::vector<std::int32_t>& stored) {
  RequantiseCounts counts;
  const double least = static_cast<double>(coding.least()), greatest = static_cast<double>(coding.greatest());
  for (std::size_t n = 0; n < stored.size(); ++n) {
    if (coding.is_padding(stored[n])) {
      ++counts.kept_padding;
      continue;
    }
    if (values[n] == real_value(coding, stored[n])) continue;

    const double wanted = std::nearbyint((values[n] - coding.intercept) / coding.slope);
    if (wanted < least || wanted > greatest) ++counts.saturated;
    std::int64_t result = mirrored(coding, static_cast<std::int64_t>(std::clamp(wanted, least, greatest)));
    if (coding.is_padding(result)) {
      ++counts.off_padding;
      result = nearest_outside_padding(coding, result);
    }
    stored[n] = static_cast<std::int32_t>(result);
  }
  return counts;
}

}  // namespace voxprior
