#include "workflows/report/viewer_volumes.h"

#include <gtest/gtest.h>

#include <cmath>

namespace voxprior {
namespace {

/// A bright block (10..19, 12..25, 6..13) in a dark oblique grid.
Volume block() {
  Volume volume;
  volume.geometry.size = {40, 36, 20};
  volume.geometry.spacing_mm = {1, 1.5, 2};
  volume.geometry.origin_mm = {-7, 11, 3};
  volume.geometry.lps_from_index = {0.8, -0.6, 0, 0.6, 0.8, 0, 0, 0, 1};
  volume.voxels.assign(40 * 36 * 20, 0);
  for (int k = 6; k < 14; ++k)
    for (int j = 12; j < 26; ++j)
      for (int i = 10; i < 20; ++i)
        volume.voxels[static_cast<std::size_t>((k * 36 + j) * 40 + i)] = 100 + static_cast<float>(i + 3 * j + 7 * k);
  return volume;
}

std::array<double, 3> place_of(const Geometry& grid, double i, double j, double k) {
  const std::array<double, 3> index{i, j, k};
  std::array<double, 3> mm = grid.origin_mm;
  for (std::size_t row = 0; row < 3; ++row)
    for (std::size_t a = 0; a < 3; ++a) mm[row] += grid.lps_from_index[3 * row + a] * grid.spacing_mm[a] * index[a];
  return mm;
}

/// Noise that no compression makes smaller than it is.
Volume noise(std::int64_t side) {
  Volume volume;
  volume.geometry.size = {side, side, side};
  volume.voxels.resize(static_cast<std::size_t>(side * side * side));
  std::uint32_t state = 1;
  for (float& v : volume.voxels) v = static_cast<float>((state = 1664525 * state + 1013904223) >> 24);
  return volume;
}

std::vector<ShownVolume> shown(const Volume& volume) {
  return {{"before", "Before", volume, 0, 200, Colours::grey},
          {"after", "After", volume, 0, 200, Colours::grey},
          {"residual", "Removed", volume, -200, 200, Colours::diverging}};
}

TEST(BoxAround, HoldsTheObjectAndFourVoxelsMore) {
  const VoxelBox box = box_around(block(), 50);
  EXPECT_EQ(box.first, (std::array<std::int64_t, 3>{6, 8, 2}));
  EXPECT_EQ(box.size, (std::array<std::int64_t, 3>{18, 22, 16}));
}

TEST(BoxAround, IsNotWidenedByABrightVoxelFarOff) {
  Volume volume = block();
  volume.voxels.front() = 1000;
  EXPECT_EQ(box_around(volume, 50).first, box_around(block(), 50).first);
}

TEST(BoxAround, IsTheGridWhereNothingIsBright) { EXPECT_EQ(box_around(block(), 1e6).size, block().geometry.size); }

TEST(Picked, KeepsEveryVoxelInItsPlaceWhenAskedTo) {
  const Volume whole = block();
  const VoxelBox box = box_around(whole, 50);
  const Volume copy = picked(whole, box, 0);
  ASSERT_EQ(copy.geometry.size, box.size);
  EXPECT_EQ(copy.voxels[0], 0);
  // Voxel (4, 4, 4) of the copy is the corner (10, 12, 6) of the block.
  EXPECT_EQ(copy.voxels[(4 * 22 + 4) * 18 + 4], whole.voxels[(6 * 36 + 12) * 40 + 10]);
  const auto there = place_of(copy.geometry, 4, 4, 4), here = place_of(whole.geometry, 10, 12, 6);
  for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(there[a], here[a], 1e-9);
}

TEST(Picked, TakesTheNearestVoxelWhereVoxelsGetLarger) {
  const Volume whole = block();
  const VoxelBox all{{0, 0, 0}, whole.geometry.size};
  const Volume copy = picked(whole, all, 2);
  EXPECT_EQ(copy.geometry.size, (std::array<std::int64_t, 3>{20, 27, 20}));
  EXPECT_NEAR(copy.geometry.spacing_mm[1], 1.5 * 36 / 27, 1e-12);
  // The edges of the grid stay where they were, half a voxel before the first centre.
  const auto edge = place_of(copy.geometry, -0.5, -0.5, -0.5), before = place_of(whole.geometry, -0.5, -0.5, -0.5);
  for (std::size_t a = 0; a < 3; ++a) EXPECT_NEAR(edge[a], before[a], 1e-9);
  for (const float v : copy.voxels)
    EXPECT_NE(std::find(whole.voxels.begin(), whole.voxels.end(), v), whole.voxels.end());
}

TEST(SmallCopies, FitIntoTheirBytesWhateverTheVolumes) {
  const auto volumes = shown(noise(64));
  for (const std::size_t most : {2'000'000, 200'000, 20'000}) {
    const ViewerVolumes copies = small_copies(volumes, most);
    std::size_t bytes = 0;
    for (const auto& entry : copies.json["volumes"]) bytes += entry["base64"].get<std::string>().size();
    EXPECT_LE(bytes, most);
    EXPECT_GT(bytes, most / 8) << "far smaller than it needs to be";
  }
}

TEST(SmallCopies, SayWhatTheyAre) {
  EXPECT_EQ(small_copies(shown(block()), 2'000'000).made,
            "copies of 8 bits, cut to the object, every voxel, 1.00 x 1.50 x 2.00 mm");
}

}  // namespace
}  // namespace voxprior
