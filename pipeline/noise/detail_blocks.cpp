#include "pipeline/noise/detail_blocks.h"

#include <algorithm>

namespace voxprior {
namespace {

constexpr std::int64_t kBlock = 3;

std::array<std::int64_t, 3> block_size(const WaveletBands& bands) {
  return {std::min(kBlock, bands.size[0]), std::min(kBlock, bands.size[1]), std::min(kBlock, bands.size[2])};
}

/// Calls visit(i, j, k) for every position.
template <typename Visit>
void for_positions(const std::array<std::int64_t, 3>& size, std::int64_t step, const Visit& visit) {
  for (std::int64_t k = 0; k < size[2]; k += step)
    for (std::int64_t j = 0; j < size[1]; j += step)
      for (std::int64_t i = 0; i < size[0]; i += step) visit(i, j, k);
}

}  // namespace

std::vector<Region> classify_positions(const WaveletBands& bands, double threshold) {
  const float limit = static_cast<float>(threshold * bands.low_gain);
  std::vector<Region> seen(bands.low.size());
  for (std::size_t p = 0; p < seen.size(); ++p)
    seen[p] = bands.low[p] == 0 ? Region::border : bands.low[p] > limit ? Region::object : Region::air;

  std::vector<Region> regions = seen;
  const std::array<std::int64_t, 3> steps{1, bands.size[0], bands.size[0] * bands.size[1]};
  for_positions(bands.size, 1, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    const std::array<std::int64_t, 3> index{i, j, k};
    const std::int64_t p = bands.at(i, j, k);
    for (int axis = 0; axis < 3; ++axis) {
      if (index[axis] > 0 && seen[p - steps[axis]] != seen[p]) regions[p] = Region::border;
      if (index[axis] + 1 < bands.size[axis] && seen[p + steps[axis]] != seen[p]) regions[p] = Region::border;
    }
  });
  return regions;
}

std::vector<DetailBlock> blocks_of_region(const WaveletBands& bands, const std::vector<Region>& regions,
                                          Region wanted) {
  const std::array<std::int64_t, 3> block = block_size(bands);
  const std::array<std::int64_t, 3> starts{bands.size[0] - block[0] + 1, bands.size[1] - block[1] + 1,
                                           bands.size[2] - block[2] + 1};
  const double count = positions_per_block(bands);
  std::vector<DetailBlock> blocks;
  for_positions(starts, 2, [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    DetailBlock sum;
    for (std::int64_t z = k; z < k + block[2]; ++z)
      for (std::int64_t y = j; y < j + block[1]; ++y)
        for (std::int64_t x = i; x < i + block[0]; ++x) {
          const std::int64_t p = bands.at(x, y, z);
          if (regions[p] != wanted) return;
          sum.detail += static_cast<double>(bands.detail[p]) * bands.detail[p];
          sum.activity += bands.activity[p];
          sum.mean += bands.low[p];
        }
    const std::array<std::int64_t, 3> first{i, j, k};
    std::array<float, 3> centre{};
    for (std::size_t axis = 0; axis < 3; ++axis)  // the four taps of a transformed axis are centred 1.5 voxels on
      centre[axis] = static_cast<float>(bands.stride[axis]) *
                         (static_cast<float>(first[axis]) + static_cast<float>(block[axis] - 1) / 2) +
                     (bands.stride[axis] == 2 ? 1.5f : 0.0f);
    blocks.push_back({sum.detail / count, sum.activity / count, sum.mean / count / bands.low_gain, centre});
  });
  return blocks;
}

int positions_per_block(const WaveletBands& bands) {
  const std::array<std::int64_t, 3> block = block_size(bands);
  return static_cast<int>(block[0] * block[1] * block[2]);
}

}  // namespace voxprior
