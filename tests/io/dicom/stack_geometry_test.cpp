#include "io/dicom/stack_geometry.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/io/dicom/frames.h"

namespace voxprior {
namespace {

using test::axial_frames;
using test::frame_at;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pointwise;

void turn(std::vector<FrameHeader>& frames, std::array<double, 3> row, std::array<double, 3> column) {
  for (FrameHeader& frame : frames) frame.row_direction = row, frame.column_direction = column;
}

TEST(StackGeometry, OrdersByPositionWhateverTheUids) {
  std::vector<FrameHeader> frames = axial_frames(5, 2.5);
  std::swap(frames[0], frames[3]);
  const BuiltStack built = build_stack(frames);
  EXPECT_THAT(built.problem, IsEmpty());
  ASSERT_EQ(built.stack.frames.size(), 5u);
  for (int k = 0; k < 5; ++k) EXPECT_DOUBLE_EQ(built.stack.frames[k].position_mm[2], 5 + 2.5 * k);
  const Geometry& grid = built.stack.geometry;
  EXPECT_THAT(grid.size, ElementsAre(4, 3, 5));
  EXPECT_THAT(grid.spacing_mm, ElementsAre(0.5, 0.75, 2.5));
  EXPECT_THAT(grid.origin_mm, ElementsAre(-10, 20, 5));
  EXPECT_THAT(grid.lps_from_index, ElementsAre(1, 0, 0, 0, 1, 0, 0, 0, 1));
  EXPECT_FALSE(built.stack.sheared);
  EXPECT_THAT(built.stack.gaps_mm, IsEmpty());
}

// Sagittal: rows run to posterior, columns to inferior. y cross -z = -x: planes are ordered from left to right.
TEST(StackGeometry, ThirdAxisIsRowCrossColumn) {
  std::vector<FrameHeader> frames;
  for (int n = 0; n < 3; ++n) frames.push_back(frame_at({2. * n, 0, 0}, "1." + std::to_string(n)));
  turn(frames, {0, 1, 0}, {0, 0, -1});
  const BuiltStack built = build_stack(frames);
  EXPECT_DOUBLE_EQ(built.stack.frames[0].position_mm[0], 4);
  EXPECT_THAT(built.stack.geometry.lps_from_index,
              Pointwise(DoubleNear(1e-15), {0., 0., -1., 1., 0., 0., 0., -1., 0.}));
  EXPECT_THAT(built.stack.geometry.origin_mm, ElementsAre(4, 0, 0));
}

// A gantry tilted by the angle whose cosine is 0.8: the table moves 5 mm along z, planes are 4 mm apart.
TEST(StackGeometry, TiltedGantryShearsTheGrid) {
  std::vector<FrameHeader> frames;
  for (int n = 0; n < 4; ++n) frames.push_back(frame_at({0, 0, 5. * n}, "1." + std::to_string(n)));
  turn(frames, {1, 0, 0}, {0, 0.8, -0.6});
  const BuiltStack built = build_stack(frames);
  EXPECT_TRUE(built.stack.sheared);
  EXPECT_THAT(built.stack.gaps_mm, IsEmpty());
  EXPECT_NEAR(built.stack.geometry.spacing_mm[2], 5, 1e-12);
  // Voxel (0, 1, 2) lies where DICOM puts it: position of plane 2 and one row down.
  const Geometry& grid = built.stack.geometry;
  for (int n = 0; n < 3; ++n) {
    const double mm = grid.origin_mm[n] + grid.lps_from_index[3 * n + 1] * grid.spacing_mm[1] +
                      2 * grid.lps_from_index[3 * n + 2] * grid.spacing_mm[2];
    EXPECT_NEAR(mm, (std::array{0., 0.8 * 0.75, 10 - 0.6 * 0.75})[n], 1e-12);
  }
}

TEST(StackGeometry, AMissingPlaneIsNamedInMillimetres) {
  std::vector<FrameHeader> frames = axial_frames(6, 2.5);
  frames.erase(frames.begin() + 2);
  const BuiltStack built = build_stack(frames);
  EXPECT_THAT(built.stack.gaps_mm, Pointwise(DoubleNear(1e-9), {2.5, 5., 2.5, 2.5}));
  EXPECT_NEAR(built.stack.geometry.spacing_mm[2], 2.5, 1e-12);
  EXPECT_THAT(built.stack.irregular, HasSubstr("5 mm between \"1.899.dcm\" and \"1.897.dcm\" (1 is missing)"));
}

TEST(StackGeometry, RoundingOfPositionsIsNoGap) {
  std::vector<FrameHeader> frames = axial_frames(40, 0.625);
  for (FrameHeader& frame : frames)
    frame.frame.position_mm[2] = std::round(frame.frame.position_mm[2] * 100) / 100;  // as some scanners write
  const BuiltStack built = build_stack(frames);
  EXPECT_THAT(built.stack.gaps_mm, IsEmpty());
  EXPECT_NEAR(built.stack.geometry.spacing_mm[2], 0.625, 2e-4);
  EXPECT_FALSE(built.stack.sheared);
}

TEST(StackGeometry, TwoImagesInOnePlaneAreRefused) {
  std::vector<FrameHeader> frames = axial_frames(4, 2.5);
  frames.push_back(frame_at({-10, 20, 7.5}, "1.5"));
  EXPECT_TRUE(any_share_a_plane(frames));
  EXPECT_THAT(build_stack(frames).problem, HasSubstr("several images at one position"));
}

TEST(StackGeometry, APlaneBesideTheLineIsRefused) {
  std::vector<FrameHeader> frames = axial_frames(5, 2.5);
  frames[2].frame.position_mm[0] += 3;
  EXPECT_THAT(build_stack(frames).problem, HasSubstr("1.898.dcm"));
}

}  // namespace
}  // namespace voxprior
