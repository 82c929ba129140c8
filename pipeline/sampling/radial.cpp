#include "pipeline/sampling/radial.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kGoldenAngle = kPi * 0.6180339887498949;  // pi / golden ratio
constexpr double kGoldenMeans[] = {0.4655712318767680, 0.6823278038280193};

double fraction(double x) { return x - std::floor(x); }

using Direction = std::array<double, 3>;

/// In the plane of the two axes that are longer than 1.
Direction direction_in_slice(std::int64_t spoke, std::size_t thin) {
  const double angle = static_cast<double>(spoke) * kGoldenAngle;
  Direction d{};
  d[thin == 0 ? 1 : 0] = std::cos(angle);
  d[thin == 2 ? 1 : 2] = std::sin(angle);
  return d;
}

Direction direction_in_volume(std::int64_t spoke) {
  const auto n = static_cast<double>(spoke);
  const double height = fraction(n * kGoldenMeans[0]), azimuth = 2 * kPi * fraction(n * kGoldenMeans[1]);
  const double radius = std::sqrt(1 - height * height);
  return {radius * std::cos(azimuth), radius * std::sin(azimuth), height};
}

}  // namespace

std::int64_t samples_per_spoke(const std::array<std::int64_t, 3>& size_ijk) {
  return *std::max_element(size_ijk.begin(), size_ijk.end());
}

std::vector<float> golden_radial(const std::array<std::int64_t, 3>& size_ijk, std::int64_t spokes) {
  const std::int64_t samples = samples_per_spoke(size_ijk);
  const auto thin = static_cast<std::size_t>(std::find(size_ijk.begin(), size_ijk.end(), 1) - size_ijk.begin());
  std::vector<float> positions;
  positions.reserve(static_cast<std::size_t>(3 * spokes * samples));
  for (std::int64_t spoke = 0; spoke < spokes; ++spoke) {
    const Direction direction = thin < 3 ? direction_in_slice(spoke, thin) : direction_in_volume(spoke);
    for (std::int64_t n = 0; n < samples; ++n) {
      const double along = 2. * static_cast<double>(n - samples / 2) / static_cast<double>(samples);
      for (std::size_t axis = 0; axis < 3; ++axis)
        positions.push_back(static_cast<float>(0.5 * static_cast<double>(size_ijk[axis]) * along * direction[axis]));
    }
  }
  return positions;
}

}  // namespace voxprior
