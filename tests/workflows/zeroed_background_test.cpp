#include "workflows/zeroed_background.h"

#include <gtest/gtest.h>

#include <numeric>

namespace voxprior {
namespace {

using Size = std::array<std::int64_t, 3>;

struct Grid {
  Size size;
  std::vector<float> voxels;
  Grid(Size s, float value) : size(s), voxels(static_cast<size_t>(s[0] * s[1] * s[2]), value) {}
  float& at(std::int64_t i, std::int64_t j, std::int64_t k) { return voxels[(k * size[1] + j) * size[0] + i]; }
  std::int64_t background() const {
    const auto mask = zeroed_background(voxels, size);
    return std::accumulate(mask.begin(), mask.end(), std::int64_t{0});
  }
};

TEST(ZeroedBackground, IsEverythingOutsideABlankedBox) {
  Grid grid({11, 9, 10}, 0);
  for (int k = 3; k < 7; ++k)
    for (int j = 3; j < 6; ++j)
      for (int i = 3; i < 8; ++i) grid.at(i, j, k) = 5;
  EXPECT_EQ(grid.background(), 11 * 9 * 10 - 5 * 3 * 4);
}

TEST(ZeroedBackground, SparesZerosThatNoiseLeftAmongOtherValues) {
  Grid grid({9, 9, 9}, 3);
  grid.at(4, 4, 4) = 0;
  grid.at(0, 0, 0) = grid.at(1, 0, 0) = 0;  // in a corner, where most neighbours are beyond the border
  EXPECT_EQ(grid.background(), 0);
}

TEST(ZeroedBackground, FindsTheSmallestCubeThatCounts) {
  Grid grid({9, 8, 7}, 3);
  for (int k = 2; k < 5; ++k)
    for (int j = 3; j < 6; ++j)
      for (int i = 4; i < 7; ++i) grid.at(i, j, k) = 0;
  EXPECT_EQ(grid.background(), 27);
}

TEST(ZeroedBackground, IsNothingWithoutZeros) { EXPECT_EQ(Grid({5, 4, 3}, 1e-30f).background(), 0); }

}  // namespace
}  // namespace voxprior
