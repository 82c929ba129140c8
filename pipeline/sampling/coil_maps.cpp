#include "pipeline/sampling/coil_maps.h"

#include <cmath>

namespace voxprior {
namespace {

constexpr double kPi = 3.14159265358979323846, kRing = 2, kLoopRadius = 1, kTwoRings = 8;

/// Index n of an axis as -1 .. 1.
double place(std::int64_t n, std::int64_t size) {
  return size < 2 ? 0 : 2 * static_cast<double>(n) / static_cast<double>(size - 1) - 1;
}

template <typename Visit>
void for_each_voxel(const std::array<std::int64_t, 3>& size, Visit visit) {
  std::size_t at = 0;
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j < size[1]; ++j)
      for (std::int64_t i = 0; i < size[0]; ++i) visit(at++, place(i, size[0]), place(j, size[1]), place(k, size[2]));
}

}  // namespace

std::vector<std::complex<float>> ring_of_coils(const std::array<std::int64_t, 3>& size, std::int64_t coils) {
  const auto voxels = static_cast<std::size_t>(size[0] * size[1] * size[2]);
  std::vector<std::complex<float>> maps(static_cast<std::size_t>(coils) * voxels);
  std::vector<double> power(voxels, 0);
  for (std::int64_t coil = 0; coil < coils; ++coil) {
    const double angle = 2 * kPi * static_cast<double>(coil) / static_cast<double>(coils);
    const double cx = kRing * std::cos(angle), cy = kRing * std::sin(angle);
    const double cz = static_cast<double>(coils) < kTwoRings ? 0 : (coil % 2 == 0 ? -1. : 1.) / 3;
    std::complex<float>* const map = maps.data() + static_cast<std::size_t>(coil) * voxels;
    for_each_voxel(size, [&](std::size_t at, double x, double y, double z) {
      const double dx = x - cx, dy = y - cy, dz = z - cz;
      const double reach = kLoopRadius * kLoopRadius + dx * dx + dy * dy + dz * dz;
      const double strength = kLoopRadius * kLoopRadius / (reach * std::sqrt(reach));
      const double distance = std::hypot(dx, dy);  // never 0: the ring lies outside
      map[at] = {static_cast<float>(strength * dx / distance), static_cast<float>(strength * dy / distance)};
      power[at] += strength * strength;
    });
  }
  for (std::size_t n = 0; n < maps.size(); ++n) maps[n] /= static_cast<float>(std::sqrt(power[n % voxels]));
  return maps;
}

std::vector<float> smooth_phase(const std::array<std::int64_t, 3>& size) {
  std::vector<float> phase(static_cast<std::size_t>(size[0] * size[1] * size[2]));
  for_each_voxel(size, [&](std::size_t at, double x, double y, double z) {
    phase[at] = static_cast<float>(0.5 * x - 0.3 * y + 0.4 * x * y - 0.35 * z * z + 0.3 * y * z);
  });
  return phase;
}

}  // namespace voxprior
