#include "workflows/anatomy.h"

#include <gmock/gmock.h>

#include "tests/support/awkward_volume.h"

namespace voxprior {
namespace {

Geometry with_directions(const std::array<double, 9>& lps_from_index) {
  Geometry geometry;
  geometry.lps_from_index = lps_from_index;
  return geometry;
}

TEST(Anatomy, IdentityInLpsIsLps) { EXPECT_EQ(orientation_code(Geometry()), "LPS"); }

TEST(Anatomy, NegatedFirstAxesAreTheRasOfResearchFiles) {
  EXPECT_EQ(orientation_code(with_directions({-1, 0, 0, 0, -1, 0, 0, 0, 1})), "RAS");
}

TEST(Anatomy, SagittalAcquisitionNamesTheAxesInTheirOrder) {
  // i towards posterior, j towards inferior, k towards left.
  EXPECT_EQ(orientation_code(with_directions({0, 0, 1, 1, 0, 0, 0, -1, 0})), "PIL");
}

TEST(Anatomy, ObliqueGridGetsTheNearestAxesEachOnce) {
  const AnatomicalAxes axes = anatomical_axes(test::awkward_volume().geometry);  // 17 and 29 degrees from the body's
  EXPECT_THAT(axes.index_axis, testing::ElementsAre(0, 1, 2));
  EXPECT_THAT(axes.reversed, testing::ElementsAre(false, false, false));
}

TEST(Anatomy, AxesHalfwayBetweenTwoStillGetOneEach) {
  const double r = std::sqrt(0.5);
  const AnatomicalAxes axes = anatomical_axes(with_directions({r, -r, 0, r, r, 0, 0, 0, 1}));
  EXPECT_THAT(axes.index_axis, testing::UnorderedElementsAre(0, 1, 2));
}

}  // namespace
}  // namespace voxprior
