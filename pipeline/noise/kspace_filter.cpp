#include "pipeline/noise/kspace_filter.h"

#include <cmath>
#include <vector>

namespace voxprior {
namespace {

constexpr double kTwoPi = 6.28318530717958647692;

std::vector<float> weights_along(const KspaceFilter& filter, int axis, std::int64_t length) {
  std::vector<float> weights;
  for (std::int64_t n = 0; n < length; ++n)
    weights.push_back(static_cast<float>(weight_along(filter, axis, frequency_at(n, length))));
  return weights;
}

}  // namespace

double weight_along(const KspaceFilter& filter, int axis, double f) {
  const double kept = filter.kept[static_cast<std::size_t>(axis)];
  if (std::abs(f) > kept / 2) return 0;
  if (axis == 1 && f < -kept / 2 + (1 - filter.partial) * kept) return 0;
  const double t = filter.taper[static_cast<std::size_t>(axis)];
  return 1 - t + t * std::cos(kTwoPi * f / kept);
}

void apply(const KspaceFilter& filter, ComplexGrid& spectrum) {
  const std::vector<float> along_i = weights_along(filter, 0, spectrum.size[0]);
  const std::vector<float> along_j = weights_along(filter, 1, spectrum.size[1]);
  const std::vector<float> along_k = weights_along(filter, 2, spectrum.size[2]);
  std::size_t at = 0;
  for (const float wk : along_k)
    for (const float wj : along_j)
      for (const float wi : along_i) spectrum.values[at++] *= wk * wj * wi;
}

double noise_gain(const KspaceFilter& filter, const std::array<std::int64_t, 3>& size) {
  double gain = 1;
  for (int axis = 0; axis < 3; ++axis) {
    double sum = 0;
    for (const float w : weights_along(filter, axis, size[static_cast<std::size_t>(axis)])) sum += w * w;
    gain *= sum / static_cast<double>(size[static_cast<std::size_t>(axis)]);
  }
  return gain;
}

}  // namespace voxprior
