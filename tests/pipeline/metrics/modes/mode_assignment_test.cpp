#include "pipeline/metrics/modes/mode_assignment.h"

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

/// Made once: it measures 100 volumes of its own.
const ModeAssigner& balanced() {
  static const ModeAssigner assigner(balanced_modes(16));
  return assigner;
}

/// Binomial smoothing along every axis, `passes` times.
Image smoothed(Image image, int passes) {
  for (int pass = 0; pass < passes; ++pass)
    for (int axis = 0; axis < 3; ++axis) {
      const Image before = image;
      const std::int64_t step = axis == 0 ? 1 : axis == 1 ? image.size[0] : image.size[0] * image.size[1];
      for (std::int64_t n = step; n < image.count() - step; ++n)
        image.voxels[n] = (before.voxels[n - step] + 2 * before.voxels[n] + before.voxels[n + step]) / 4;
    }
  return image;
}

TEST(ModeAssignment, VolumesOfTheDesignGoToTheirModes) {
  for (std::uint64_t n = 0; n < 200; ++n) {
    const ModeDraw draw = draw_mode_volume(balanced().design(), 5, n);
    const auto mode = balanced().assign(draw.image);
    ASSERT_TRUE(mode.has_value()) << n;
    EXPECT_EQ(*mode, draw.mode) << n;
  }
}

TEST(ModeAssignment, TheShiftIsFoundToAFractionOfAVoxel) {
  for (std::uint64_t n = 0; n < 20; ++n) {
    const ModeDraw draw = draw_mode_volume(balanced().design(), 6, n);
    const ModeFit fit = balanced().fit(draw.image);
    for (int axis = 0; axis < 3; ++axis) EXPECT_NEAR(fit.shift[axis], draw.shift[axis], 0.2) << n;
  }
}

TEST(ModeAssignment, AnotherUnitOfIntensityChangesNothing) {
  ModeDraw draw = draw_mode_volume(balanced().design(), 7, 0);
  const ModeFit before = balanced().fit(draw.image);
  for (float& v : draw.image.voxels) v *= 730;
  EXPECT_EQ(balanced().fit(draw.image).mode, before.mode);
  EXPECT_NEAR(balanced().fit(draw.image).residual, before.residual, 1e-5);
}

TEST(ModeAssignment, BlurredVolumesAreNoMode) {
  for (std::uint64_t n = 0; n < 40; ++n) {
    const ModeDraw draw = draw_mode_volume(balanced().design(), 8, n);
    EXPECT_FALSE(balanced().assign(smoothed(draw.image, 2))) << n;
  }
}

TEST(ModeAssignment, MeansOfTwoPositionsAreNoMode) {
  for (std::uint64_t n = 0; n < 40; ++n) {
    Image mean = draw_mode_volume(balanced().design(), 9, n).image;
    const ModeDraw first = draw_mode_volume(balanced().design(), 9, n),
                   second = draw_mode_volume(balanced().design(), 10, n);
    const auto& modes = balanced().design().modes;
    if (modes[first.mode].position == modes[second.mode].position) continue;
    for (std::size_t v = 0; v < mean.voxels.size(); ++v)
      mean.voxels[v] = (first.image.voxels[v] + second.image.voxels[v]) / 2;
    EXPECT_FALSE(balanced().assign(mean)) << n;
  }
}

TEST(ModeAssignment, NoShapeTwoShapesAndNothingAreNoMode) {
  EXPECT_FALSE(balanced().assign(empty_scene(16)));
  EXPECT_FALSE(balanced().assign({std::vector<float>(16 * 16 * 16), {16, 16, 16}}));
  Image two = empty_scene(16);
  for (const int position : {1, 2}) {
    const ShapeProfile profile = shape_profile(16, 0, position, {0, 0, 0});
    for (std::size_t n = 0; n < profile.voxels.size(); ++n) two.voxels[profile.voxels[n]] += 0.54f * profile.shares[n];
  }
  EXPECT_FALSE(balanced().assign(two));
}

TEST(ModeAssignment, AContrastBetweenTwoIsNoMode) {
  Image between = empty_scene(16);
  const ShapeProfile profile = shape_profile(16, 1, 0, {0, 0, 0});
  for (std::size_t n = 0; n < profile.voxels.size(); ++n)
    between.voxels[profile.voxels[n]] += 0.27f * profile.shares[n];  // half way between two
  EXPECT_FALSE(balanced().assign(between));
}

TEST(ModeAssignment, AnotherSizeIsRefused) {
  test::refusal(ExitCode::input, [] { balanced().fit({std::vector<float>(8), {2, 2, 2}}); });
}

}  // namespace
}  // namespace voxprior
