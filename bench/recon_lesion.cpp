#include "bench/recon_lesion.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace voxprior {
namespace {

/// Means over cubes of 2 reach + 1 voxels, thinner where the volume is.
torch::Tensor local_mean(const torch::Tensor& x, std::int64_t reach) {
  std::array<std::int64_t, 3> side{}, padding{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    padding[axis] = std::min(reach, (x.size(static_cast<std::int64_t>(axis)) - 1) / 2);
    side[axis] = 2 * padding[axis] + 1;
  }
  return torch::avg_pool3d(x.unsqueeze(0).unsqueeze(0), side, {1, 1, 1}, padding, false, false)[0][0];
}

/// Distances from voxel `centre`.
torch::Tensor distances(torch::IntArrayRef size, const std::array<std::int64_t, 3>& centre) {
  const auto axis = [&](std::size_t n) {
    return torch::arange(size[n], torch::kFloat32) - static_cast<double>(centre[n]);
  };
  return (axis(0).square().view({-1, 1, 1}) + axis(1).square().view({-1, 1}) + axis(2).square()).sqrt();
}

}  // namespace

Lesion place_lesion(const torch::Tensor& volume, double radius, double tissue) {
  const auto reach = static_cast<std::int64_t>(std::ceil(radius + 2));
  const torch::Tensor mean = local_mean(volume, reach);
  torch::Tensor unevenness = local_mean(volume.square(), reach) - mean.square();
  unevenness = torch::where(mean > tissue, unevenness, torch::full_like(unevenness, INFINITY));
  torch::Tensor middle = torch::full_like(unevenness, INFINITY), from = unevenness, to = middle;
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t size = volume.size(axis), kept = std::max<std::int64_t>(1, size / 2);
    from = from.narrow(axis, size / 4, kept);
    to = to.narrow(axis, size / 4, kept);
  }
  to.copy_(from);
  const std::int64_t best = middle.argmin().item().toLong(), plane = volume.size(1) * volume.size(2);
  const torch::Tensor distance =
      distances(volume.sizes(), {best / plane, best % plane / volume.size(2), best % volume.size(2)});
  return {distance <= radius, (distance > radius + 1).logical_and(distance <= radius + 2.5)};
}

double lesion_contrast(const Lesion& lesion, const torch::Tensor& volume) {
  const auto mean = [&](const torch::Tensor& where) { return volume.masked_select(where).mean().item().toDouble(); };
  return mean(lesion.inside) - mean(lesion.around);
}

}  // namespace voxprior
