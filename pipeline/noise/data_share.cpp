#include "pipeline/noise/data_share.h"

#include <algorithm>
#include <cmath>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::array<std::uint32_t, 2> kSignKey{20260, 31};

using Cube = std::array<std::int32_t, 3>;

/// 1 or -1, by the place of the cube alone.
float sign_of(const Cube& cube) {
  const auto at = [&](std::size_t axis) { return static_cast<std::uint32_t>(cube[axis]); };
  return (philox4x32({at(0), at(1), at(2), 0}, kSignKey)[0] & 1U) == 0 ? 1.f : -1.f;
}

/// The probe that is for a cube: one bit for each axis.
int probe_of(const Cube& cube) { return (cube[0] & 1) | (cube[1] & 1) << 1 | (cube[2] & 1) << 2; }

}  // namespace

DataShare::DataShare(const std::array<std::int64_t, 3>& size_ijk, const std::array<double, 3>& spacing_mm,
                     double edge_mm)
    : size_(size_ijk) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double length_mm = static_cast<double>(size_[axis]) * spacing_mm[axis];
    cubes_[axis] = std::clamp<std::int64_t>(std::llround(length_mm / edge_mm), 1, size_[axis]);
    edge_mm_[axis] = length_mm / static_cast<double>(cubes_[axis]);
    for (std::int64_t n = 0; n < size_[axis]; ++n)
      cube_of_[axis].push_back(static_cast<std::int32_t>(n * cubes_[axis] / size_[axis]));
  }
  share_.assign(static_cast<std::size_t>(cubes_[0] * cubes_[1] * cubes_[2]), 0);
}

/// visit(voxel, cube, number of the cube), i fastest.
template <typename Visit>
void DataShare::for_each_voxel(const Visit& visit) const {
  std::size_t voxel = 0;
  for (const std::int32_t k : cube_of_[2])
    for (const std::int32_t j : cube_of_[1])
      for (const std::int32_t i : cube_of_[0])
        visit(voxel++, Cube{i, j, k}, static_cast<std::size_t>((k * cubes_[1] + j) * cubes_[0] + i));
}

std::vector<float> DataShare::pattern(int n) const {
  std::vector<float> pattern(static_cast<std::size_t>(size_[0] * size_[1] * size_[2]));
  for_each_voxel([&](std::size_t voxel, const Cube& cube, std::size_t) {
    pattern[voxel] = probe_of(cube) == n ? sign_of(cube) : 0;
  });
  return pattern;
}

void DataShare::learn(int n, const std::vector<float>& response, const std::vector<float>& amplitude) {
  std::vector<double> came_through(share_.size()), put_in(share_.size());
  for_each_voxel([&](std::size_t voxel, const Cube& cube, std::size_t number) {
    if (probe_of(cube) != n) return;
    came_through[number] += static_cast<double>(sign_of(cube) * response[voxel]);
    put_in[number] += static_cast<double>(amplitude[amplitude.size() == 1 ? 0 : voxel]);
  });
  for (std::size_t number = 0; number < share_.size(); ++number)
    if (put_in[number] > 0) share_[number] = came_through[number] / put_in[number];
}

std::vector<float> DataShare::shares() const {
  std::vector<float> shares(static_cast<std::size_t>(size_[0] * size_[1] * size_[2]));
  for_each_voxel(
      [&](std::size_t voxel, const Cube&, std::size_t number) { shares[voxel] = static_cast<float>(share_[number]); });
  return shares;
}

}  // namespace voxprior
