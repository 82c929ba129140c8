#include "io/dicom/write/new_slices.h"

#include <gmock/gmock.h>

namespace voxprior {
namespace {

using testing::ElementsAre;

/// Four planes, 4 mm apart along x, the first at x = 10.
DicomStack four_planes() {
  DicomStack stack;
  stack.geometry.size = {2, 2, 4};
  stack.geometry.spacing_mm = {1, 1, 4};
  stack.geometry.origin_mm = {10, 0, 0};
  stack.geometry.lps_from_index = {0, 0, 1, 1, 0, 0, 0, 1, 0};
  stack.frames.resize(4);
  return stack;
}

Geometry other_slices(std::int64_t count, double first_x_mm, double spacing_mm) {
  Geometry grid = four_planes().geometry;
  grid.size[2] = count;
  grid.spacing_mm[2] = spacing_mm;
  grid.origin_mm[0] = first_x_mm;
  return grid;
}

TEST(NewSlices, LieBetweenTheSlicesThatTheyAreMadeOf) {
  const std::vector<NewSlice> slices = new_slices(other_slices(5, 9, 3), four_planes());  // x = 9, 12, 15, 18, 21
  ASSERT_EQ(slices.size(), 5u);
  EXPECT_THAT(slices[0].made_of, ElementsAre(0));
  EXPECT_THAT(slices[1].made_of, ElementsAre(0, 1));
  EXPECT_THAT(slices[2].made_of, ElementsAre(1, 2));
  EXPECT_THAT(slices[3].made_of, ElementsAre(2));  // in a plane
  EXPECT_THAT(slices[4].made_of, ElementsAre(2, 3));
  EXPECT_THAT(slices[4].position_mm, ElementsAre(21, 0, 0));
  EXPECT_EQ(slices[0].distance_mm, -1);
}

TEST(NewSlices, TakeTheNearestAndOfTwoTheOneBefore) {
  std::vector<std::size_t> nearest;
  for (const NewSlice& slice : new_slices(other_slices(9, 8, 2), four_planes())) nearest.push_back(slice.nearest);
  EXPECT_THAT(nearest, ElementsAre(0, 0, 0, 1, 1, 2, 2, 3, 3));  // x = 8, 10, ... 24; planes at 10, 14, 18, 22
}

}  // namespace
}  // namespace voxprior
