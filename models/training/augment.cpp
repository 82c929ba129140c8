#include "models/training/augment.h"

#include <torch/nn/functional/upsampling.h>

#include <algorithm>
#include <vector>

namespace voxprior {
namespace {

constexpr double kWidestBlur = 0.25;            // [1 2 1]/4 along each axis
constexpr double kStdAfterWidestBlur = 0.2296;  // of white noise: sqrt(6/16) an axis
constexpr double kMostTexture = 0.03;           // of a label's intensity

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
  if (random.below(2)) return blur(patch, random.uniform(0, kWidestBlur));
  return patch + random.uniform(0, 1.2) * (patch - blur(patch, kWidestBlur));
}

torch::Tensor random_gamma(const torch::Tensor& patch, Random& random) {
  return patch.sign() * patch.abs().pow(random.uniform(0.7, 1.4));
}

torch::Tensor random_contrast(const torch::Tensor& patch, Random& random) {
  const std::vector<float> at{0, 0.25, 0.5, 0.75, 1, 2};
  std::vector<float> value{0};
  while (value.size() < at.size()) value.push_back(static_cast<float>(random.uniform(0.05, 1)));
  const float scale =
      static_cast<float>(random.uniform(0.9, 1.1)) / *std::max_element(value.begin(), value.begin() + 5);
  // A sum of hinges is quicker than a search for the piece of each voxel.
  const torch::Tensor x = patch.abs();
  torch::Tensor y = torch::zeros_like(x);
  float slope = 0;
  for (std::size_t n = 0; n + 1 < at.size(); ++n) {
    const float next = scale * (value[n + 1] - value[n]) / (at[n + 1] - at[n]);
    y += (next - slope) * (x - at[n]).clamp_min(0);
    slope = next;
  }
  return patch.sign() * y;
}

torch::Tensor paint_labels(const torch::Tensor& labels, Random& random) {
  torch::Tensor intensity = torch::zeros({256});
  for (int label = 1; label < 256; ++label) intensity[label] = random.uniform(0.05, 1.1);
  const torch::Tensor flat = intensity.index_select(0, labels.flatten().to(torch::kLong)).view(labels.sizes());
  torch::Tensor texture = torch::empty(labels.sizes());
  fill_gaussian(texture.data_ptr<float>(), static_cast<std::size_t>(texture.numel()), random.below(1u << 30), 0);
  const double strength = random.uniform(0, kMostTexture);
  return blur(flat * (1 + strength * blur(texture, kWidestBlur) / kStdAfterWidestBlur), kWidestBlur);
}

torch::Tensor resample_labels(const torch::Tensor& cube, std::int64_t side) {
  const torch::Tensor centres =
      (torch::arange(side, torch::kDouble) + 0.5) * static_cast<double>(cube.size(0)) / static_cast<double>(side);
  const torch::Tensor nearest = centres.floor().to(torch::kLong);
  return cube.index_select(0, nearest).index_select(1, nearest).index_select(2, nearest);
}

torch::Tensor resample_slices(const torch::Tensor& box, std::int64_t side) {
  namespace F = torch::nn::functional;
  const torch::Tensor x = box.view({1, 1, box.size(0), box.size(1), box.size(2)});
  const torch::Tensor slices = torch::adaptive_avg_pool3d(x, {side, box.size(1), box.size(2)});
  const auto options = F::InterpolateFuncOptions()
                           .size(std::vector<std::int64_t>{side, side})
                           .mode(torch::kBilinear)
                           .align_corners(false);
  return F::interpolate(slices[0], options)[0].contiguous();
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
