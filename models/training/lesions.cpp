#include "models/training/lesions.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace voxprior {
namespace {

constexpr int kMost = 10;
constexpr int kTries = 20;            // to find tissue
constexpr float kTissue = 0.05f;      // of normalised intensity
constexpr double kLongestAxis = 1.4;  // over the geometric mean of the three, about

double log_uniform(double low, double high, Random& random) {
  return std::exp(random.uniform(std::log(low), std::log(high)));
}

/// With a soft edge.
struct Ellipsoid {
  std::array<std::int64_t, 3> centre{};
  std::array<double, 3> semi_axes{};
  double edge = 1;  // voxels

  static Ellipsoid random_at(const std::array<std::int64_t, 3>& centre, Random& random) {
    Ellipsoid lesion{centre, {}, random.uniform(0.5, 2)};
    const double radius = log_uniform(1, 6 / kLongestAxis, random);
    for (double& axis : lesion.semi_axes) axis = radius * log_uniform(1 / kLongestAxis, kLongestAxis, random);
    return lesion;
  }

  /// How much of what is at this distance from the centre is lesion.
  double share(double z, double y, double x) const {
    const double radius = std::hypot(z / semi_axes[0], y / semi_axes[1], x / semi_axes[2]);
    const double mean = std::cbrt(semi_axes[0] * semi_axes[1] * semi_axes[2]);
    return std::clamp(0.5 + (1 - radius) * mean / edge, 0., 1.);
  }
};

/// What becomes of the tissue inside: it is shifted, or gives way to something even.
struct Content {
  float contrast = 0;
  bool even = false;
  float at_centre = 0;

  float in_place_of(float tissue, float share) const {
    const float inside = even ? at_centre + contrast : tissue + contrast;
    return std::max(tissue + share * (inside - tissue), 0.f);
  }
};

void implant(const torch::Tensor& patch, const Ellipsoid& lesion, const Content& content) {
  std::array<std::int64_t, 3> first{}, last{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto reach = static_cast<std::int64_t>(std::ceil(kLongestAxis * (lesion.semi_axes[axis] + lesion.edge)));
    first[axis] = std::max<std::int64_t>(0, lesion.centre[axis] - reach);
    last[axis] = std::min(patch.size(static_cast<std::int64_t>(axis)) - 1, lesion.centre[axis] + reach);
  }
  float* const voxels = patch.data_ptr<float>();
  for (std::int64_t z = first[0]; z <= last[0]; ++z)
    for (std::int64_t y = first[1]; y <= last[1]; ++y)
      for (std::int64_t x = first[2]; x <= last[2]; ++x) {
        float& voxel = voxels[(z * patch.size(1) + y) * patch.size(2) + x];
        if (voxel <= kTissue) continue;
        const double share =
            lesion.share(static_cast<double>(z - lesion.centre[0]), static_cast<double>(y - lesion.centre[1]),
                         static_cast<double>(x - lesion.centre[2]));
        voxel = content.in_place_of(voxel, static_cast<float>(share));
      }
}

}  // namespace

torch::Tensor implant_lesions(const torch::Tensor& patch, Random& random) {
  torch::Tensor result = patch.clone(torch::MemoryFormat::Contiguous);
  const auto count = 1 + random.below(kMost);
  for (std::uint64_t n = 0; n < count; ++n) {
    for (int attempt = 0; attempt < kTries; ++attempt) {
      std::array<std::int64_t, 3> centre{};
      for (std::size_t axis = 0; axis < 3; ++axis)
        centre[axis] = static_cast<std::int64_t>(random.below(patch.size(static_cast<std::int64_t>(axis))));
      const float tissue = result[centre[0]][centre[1]][centre[2]].item<float>();
      if (tissue <= kTissue) continue;
      const double sign = random.below(2) ? 1 : -1;
      const Content content{static_cast<float>(sign * log_uniform(0.02, 0.6, random)), random.below(2) == 1, tissue};
      implant(result, Ellipsoid::random_at(centre, random), content);
      break;
    }
  }
  return result;
}

}  // namespace voxprior
