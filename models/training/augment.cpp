#include "models/training/augment.h"

#include <torch/nn/functional/upsampling.h>

#include <algorithm>
#include <vector>

namespace voxprior {
namespace {

// (1 - 2a) x + a (both neighbours) along each axis, edges repeated.
torch::Tensor blur(torch::Tensor x, double a) {
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t n = x.size(axis);
    const torch::Tensor before = torch::cat({x.narrow(axis, 0, 1), x.narrow(axis, 0, n - 1)}, axis);
    const torch::Tensor after = torch::cat({x.narrow(axis, 1, n - 1), x.narrow(axis, n - 1, 1)}, axis);
    x = (1 - 2 * a) * x + a * (before + after);
  }
  return x;
}

}  // namespace

torch::Tensor Orientation::of(const torch::Tensor& patch) const { return patch.permute(axes).flip(flips).contiguous(); }

Orientation random_orientation(Random& random) {
  Orientation orientation;
  for (std::int64_t i = 2; i > 0; --i) std::swap(orientation.axes[i], orientation.axes[random.below(i + 1)]);
  for (std::int64_t i = 0; i < 3; ++i)
    if (random.below(2)) orientation.flips.push_back(i);
  return orientation;
}

torch::Tensor random_sharpness(const torch::Tensor& patch, Random& random) {
  if (random.below(2)) return blur(patch, random.uniform(0, 0.25));
  return patch + random.uniform(0, 1.2) * (patch - blur(patch, 0.25));
}

torch::Tensor random_gamma(const torch::Tensor& patch, Random& random) {
  return patch.sign() * patch.abs().pow(random.uniform(0.7, 1.4));
}

torch::Tensor resample_labels(const torch::Tensor& cube, std::int64_t side) {
  const torch::Tensor centres =
      (torch::arange(side, torch::kDouble) + 0.5) * static_cast<double>(cube.size(0)) / static_cast<double>(side);
  const torch::Tensor nearest = centres.floor().to(torch::kLong);
  return cube.index_select(0, nearest).index_select(1, nearest).index_select(2, nearest);
}

torch::Tensor resample_cube(const torch::Tensor& cube, std::int64_t side) {
  namespace F = torch::nn::functional;
  const auto options = F::InterpolateFuncOptions()
                           .size(std::vector<std::int64_t>{side, side, side})
                           .mode(torch::kTrilinear)
                           .align_corners(false);
  return F::interpolate(cube.view({1, 1, cube.size(0), cube.size(1), cube.size(2)}), options).view({side, side, side});
}

}  // namespace voxprior
