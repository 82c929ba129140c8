#include "pipeline/metrics/modes/mode_set.h"

#include <numeric>

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

TEST(ModeSet, FrequenciesAddUpToOne) {
  for (const ModeDesign& design : {balanced_modes(16), modes_with_rare_ones(16)}) {
    double sum = 0;
    for (const Mode& mode : design.modes) sum += mode.frequency;
    EXPECT_NEAR(sum, 1, 1e-12) << design.name;
  }
  EXPECT_EQ(balanced_modes(16).modes.size(), 125u);
  EXPECT_EQ(modes_with_rare_ones(16).modes.size(), 25u);
}

TEST(ModeSet, RareModesAreDrawnAsOftenAsTheyShouldBe) {
  const ModeDesign design = modes_with_rare_ones(16);
  constexpr std::size_t kVolumes = 2000;
  double rare = 0;
  for (std::size_t n = 0; n < kVolumes; ++n) rare += design.modes[draw_mode_volume(design, 3, n).mode].frequency < 0.02;
  EXPECT_NEAR(rare / kVolumes, 0.15, 4 * std::sqrt(0.15 * 0.85 / kVolumes));
}

TEST(ModeSet, AVolumeFollowsFromSeedAndIndexAlone) {
  const ModeDesign design = balanced_modes(16);
  EXPECT_EQ(draw_mode_volume(design, 1, 7).image.voxels, draw_mode_volume(design, 1, 7).image.voxels);
  EXPECT_NE(draw_mode_volume(design, 1, 7).image.voxels, draw_mode_volume(design, 1, 8).image.voxels);
  EXPECT_NE(draw_mode_volume(design, 1, 7).image.voxels, draw_mode_volume(design, 2, 7).image.voxels);
}

TEST(ModeSet, ABallFillsTheVolumeOfABall) {
  const ShapeProfile ball = shape_profile(32, 0, 1, {0.2, -0.3, 0.1});
  const double filled = std::accumulate(ball.shares.begin(), ball.shares.end(), 0.), r = 0.21 * 32;
  EXPECT_NEAR(filled, 4 / 3. * M_PI * r * r * r, 0.01 * filled);
}

TEST(ModeSet, EveryShapeLiesInsideTheTissue) {
  for (const std::int64_t side : {16, 20, 24, 32}) {
    const Image scene = empty_scene(side);
    for (int shape = 0; shape < 5; ++shape)
      for (int position = 0; position < 5; ++position)
        for (const double shift : {-kModeShift, kModeShift})
          for (const std::uint32_t voxel : shape_profile(side, shape, position, {shift, shift, shift}).voxels)
            ASSERT_EQ(scene.voxels[voxel], kModeTissue) << side << " " << shape << " " << position;
  }
}

TEST(ModeSet, UnknownDesignsAreRefused) {
  test::refusal(ExitCode::input, [] { mode_design("skewed", 16); });
  test::refusal(ExitCode::input, [] { mode_design("rare", 8); });
}

}  // namespace
}  // namespace voxprior
