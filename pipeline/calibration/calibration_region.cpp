#include "pipeline/calibration/calibration_region.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

using Box = std::array<std::int64_t, 3>;

torch::Tensor about_centre(const torch::Tensor& x, const Box& box) {
  torch::Tensor part = x;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t dimension = x.dim() - 3 + static_cast<std::int64_t>(axis);
    part = part.narrow(dimension, x.size(dimension) / 2 - box[axis] / 2, box[axis]);
  }
  return part;
}

bool is_sampled(const torch::Tensor& mask, const Box& box) { return about_centre(mask, box).all().item().toBool(); }

}  // namespace

Box calibration_region(const torch::Tensor& mask) {
  const Box size{mask.size(0), mask.size(1), mask.size(2)};
  const auto cut = [&](std::int64_t n) {
    return Box{std::min(n, size[0]), std::min(n, size[1]), std::min(n, size[2])};
  };
  const std::int64_t longest = *std::max_element(size.begin(), size.end());
  std::int64_t n = 0;
  while (n < longest && is_sampled(mask, cut(n + 1))) ++n;
  if (n == 0) return {0, 0, 0};
  Box box = cut(n);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (Box wider = box; ++wider[axis] <= size[axis] && is_sampled(mask, wider);) box = wider;
  }
  return box;
}

Box required_region(const torch::Tensor& mask) {
  const Box region = calibration_region(mask);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t size = mask.size(static_cast<std::int64_t>(axis));
    if (region[axis] >= std::min(size, kNarrowestRegion)) continue;
    fail(ExitCode::input, "no calibration region: around the centre of k-space only ", region[2], " x ", region[1],
         " x ", region[0], " positions (i, j, k) were all sampled, ", kNarrowestRegion,
         " along each axis are needed; give the coil maps with --maps");
  }
  return region;
}

double noise_of_periphery(const torch::Tensor& kspace, const torch::Tensor& mask) {
  torch::Tensor radius = torch::zeros(mask.sizes());
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t n = mask.size(axis);
    std::vector<std::int64_t> shape(3, 1);
    shape[static_cast<std::size_t>(axis)] = n;
    if (n > 1)
      radius =
          radius + ((torch::arange(n, torch::kFloat32) - n / 2) / (0.5 * static_cast<double>(n))).square().view(shape);
  }
  const torch::Tensor sampled = mask.flatten().nonzero().squeeze(1);
  return noise_of_farthest(kspace.flatten(1).index_select(1, sampled), radius.flatten().index_select(0, sampled));
}

double noise_of_farthest(const torch::Tensor& samples, const torch::Tensor& radius) {
  constexpr double kShare = 0.2;  // of the samples, the farthest
  const double median_of_rayleigh = std::sqrt(2 * std::log(2.));
  const auto count = std::max<std::int64_t>(1, static_cast<std::int64_t>(kShare * static_cast<double>(radius.numel())));
  const double limit = std::get<0>(radius.topk(count)).min().item().toDouble();
  const torch::Tensor far = (radius >= limit).nonzero().squeeze(1);
  return samples.index_select(1, far).abs().median().item().toDouble() / median_of_rayleigh;
}

}  // namespace voxprior
