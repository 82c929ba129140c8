#include "pipeline/tiling/tile_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "base/error.h"

namespace voxprior {
namespace {

constexpr double kNoLimit = std::numeric_limits<double>::infinity();

TEST(TilePlan, CoresCoverThePaddedVolumeExactlyOnce) {
  const TilePlan plan = plan_tiles_of({13, 7, 22}, {5, 4}, {8, 4, 12});
  EXPECT_EQ(plan.padded, (Extent{16, 8, 24}));
  std::vector<int> hits(16 * 8 * 24, 0);
  for (const Tile& tile : plan.tiles())
    for (std::int64_t d = tile.core_begin[0]; d < tile.core_end[0]; ++d)
      for (std::int64_t h = tile.core_begin[1]; h < tile.core_end[1]; ++h)
        for (std::int64_t w = tile.core_begin[2]; w < tile.core_end[2]; ++w) ++hits[(d * 8 + h) * 24 + w];
  EXPECT_TRUE(std::all_of(hits.begin(), hits.end(), [](int count) { return count == 1; }));
}

TEST(TilePlan, InputsAreAlignedAndHoldTheHaloExceptBeyondTheBorders) {
  const TilePlan plan = plan_tiles_of({40, 41, 64}, {5, 4}, {8, 12, 64});
  for (const Tile& tile : plan.tiles())
    for (int axis = 0; axis < 3; ++axis) {
      EXPECT_EQ(tile.input_begin[axis] % 4, 0);
      EXPECT_EQ(tile.input_end[axis] % 4, 0);
      EXPECT_LE(tile.input_begin[axis], std::max<std::int64_t>(0, tile.core_begin[axis] - 5));
      EXPECT_GE(tile.input_end[axis], std::min(plan.padded[axis], tile.core_end[axis] + 5));
      EXPECT_GE(tile.input_begin[axis], 0);
      EXPECT_LE(tile.input_end[axis], plan.padded[axis]);
    }
}

TEST(TilePlan, CountsWhatItsTilesCompute) {
  const TilePlan plan = plan_tiles_of({40, 41, 64}, {5, 4}, {8, 12, 20});
  std::int64_t computed = 0;
  Extent largest{};
  for (const Tile& tile : plan.tiles()) {
    Extent size{};
    for (int axis = 0; axis < 3; ++axis) {
      size[axis] = tile.input_end[axis] - tile.input_begin[axis];
      largest[axis] = std::max(largest[axis], size[axis]);
    }
    computed += voxel_count(size);
  }
  EXPECT_EQ(plan.computed_voxels(), computed);
  EXPECT_EQ(plan.largest_input(), largest);
}

TEST(TilePlan, WholeVolumeWhenMemoryAllows) {
  const TilePlan plan = plan_tiles({181, 217, 181}, {40, 8}, 500, kNoLimit);
  EXPECT_EQ(plan.core, (Extent{184, 224, 184}));
  EXPECT_EQ(plan.computed_voxels(), 184 * 224 * 184);
  EXPECT_EQ(plan.tiles().size(), 1u);
}

TEST(TilePlan, EstimateCountsVolumeResultAndOneTile) {
  const TilePlan plan = plan_tiles_of({10, 10, 10}, {0, 5}, {5, 10, 10});
  EXPECT_DOUBLE_EQ(estimate_memory(plan, 100), 2 * 4 * 1000 + 100 * 500);
}

/// The least computed voxels over every aligned core that fits, by trying them all.
std::int64_t best_by_exhaustion(const Extent& volume, const Locality& locality, double bytes_per_voxel, double budget) {
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  const std::int64_t step = locality.alignment;
  for (std::int64_t d = step; d < volume[0] + step; d += step)
    for (std::int64_t h = step; h < volume[1] + step; h += step)
      for (std::int64_t w = step; w < volume[2] + step; w += step) {
        const TilePlan plan = plan_tiles_of(volume, locality, {d, h, w});
        if (estimate_memory(plan, bytes_per_voxel) <= budget) best = std::min(best, plan.computed_voxels());
      }
  return best;
}

TEST(TilePlan, NoOtherTileThatFitsComputesLess) {
  const Extent volume{61, 40, 75};
  const Locality locality{7, 4};
  for (const double budget : {6e6, 1e7, 2e7, 4e7, 1e8}) {
    const TilePlan plan = plan_tiles(volume, locality, 300, budget);
    EXPECT_LE(estimate_memory(plan, 300), budget);
    EXPECT_EQ(plan.computed_voxels(), best_by_exhaustion(volume, locality, 300, budget)) << budget;
  }
}

TEST(TilePlan, RefusalNamesTheBytesThatWouldDo) {
  const Extent volume{100, 100, 100};
  const Locality locality{16, 8};
  // volume and result, and one tile of 16 + 8 + 16 voxels an axis at 100 bytes each
  const double needed = 2 * 4 * 1e6 + 100. * 40 * 40 * 40;
  EXPECT_EQ(plan_tiles(volume, locality, 100, needed).core, (Extent{8, 8, 8}));
  try {
    plan_tiles(volume, locality, 100, needed - 1);
    FAIL() << "fits in less than its estimate";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::resources);
    EXPECT_THAT(error.what(), testing::HasSubstr("14400000 bytes"));
  }
}

}  // namespace
}  // namespace voxprior
