#include "workflows/zeroed_background.h"

#include <algorithm>
#include <functional>

namespace voxprior {
namespace {

using Mask = std::vector<std::uint8_t>;

/// Replaces every value by the least (or greatest) of itself and its two neighbours along one axis.
template <typename Pick>
void sweep_axis(Mask& mask, std::int64_t lines, std::int64_t length, std::int64_t stride, Pick pick) {
  Mask line(static_cast<size_t>(length));
  for (std::int64_t n = 0; n < lines; ++n) {
    std::uint8_t* const start = mask.data() + (n / stride) * stride * length + n % stride;
    for (std::int64_t i = 0; i < length; ++i) line[i] = start[i * stride];
    for (std::int64_t i = 0; i < length; ++i) {
      std::uint8_t value = line[i];
      if (i > 0) value = pick(value, line[i - 1]);
      if (i + 1 < length) value = pick(value, line[i + 1]);
      start[i * stride] = value;
    }
  }
}

/// The same over the cube of 3x3x3 neighbours, axis by axis.
template <typename Pick>
void sweep(Mask& mask, const std::array<std::int64_t, 3>& size, Pick pick) {
  const std::int64_t count = size[0] * size[1] * size[2];
  std::int64_t stride = 1;
  for (int axis = 0; axis < 3; ++axis) {
    sweep_axis(mask, count / size[axis], size[axis], stride, pick);
    stride *= size[axis];
  }
}

}  // namespace

std::vector<std::uint8_t> zeroed_background(const std::vector<float>& voxels, std::array<std::int64_t, 3> size) {
  Mask mask(voxels.size());
  std::transform(voxels.begin(), voxels.end(), mask.begin(), [](float v) { return v == 0; });
  sweep(mask, size, [](std::uint8_t a, std::uint8_t b) { return std::min(a, b); });  // erosion
  sweep(mask, size, [](std::uint8_t a, std::uint8_t b) { return std::max(a, b); });  // dilation
  return mask;
}

}  // namespace voxprior
