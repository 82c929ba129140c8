#include "io/grid.h"

#include <gmock/gmock.h>

#include "tests/support/awkward_volume.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;
using testing::Pointwise;

TEST(Grid, AffineAndGeometryAreOneThing) {
  const Geometry before = test::awkward_volume().geometry;
  const Geometry after = geometry_from_affine("a.nii", before.size, affine_of(before));
  EXPECT_EQ(after.size, before.size);
  EXPECT_EQ(after.origin_mm, before.origin_mm);
  EXPECT_THAT(after.spacing_mm, Pointwise(DoubleNear(1e-15), before.spacing_mm));  // measured 4e-16
  EXPECT_THAT(after.lps_from_index, Pointwise(DoubleNear(1e-15), before.lps_from_index));
}

TEST(Grid, RasAndLpsDifferInTheSignOfTwoRows) {
  const Affine lps = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const Affine ras = {-1, -2, -3, -4, -5, -6, -7, -8, 9, 10, 11, 12};
  EXPECT_EQ(flip_left_right_and_front_back(lps), ras);
  EXPECT_EQ(flip_left_right_and_front_back(ras), lps);
}

TEST(Grid, SizesWhoseProductOverflowsAreRefused) {
  const std::int64_t huge = std::int64_t{1} << 62;
  const auto reason = [](std::array<std::int64_t, 3> size) {
    return test::refusal(ExitCode::input, [&] { check_size("a.nii", size, std::int64_t{1} << 31); });
  };
  EXPECT_THAT(reason({huge, 4, 2}), HasSubstr("more than the 2147483648 allowed"));  // 2^65: 0 in 64 bits
  EXPECT_THAT(reason({1 << 11, 1 << 10, (1 << 10) + 1}), HasSubstr("more than"));
  EXPECT_NO_THROW(check_size("a.nii", {1 << 11, 1 << 10, 1 << 10}, std::int64_t{1} << 31));
  EXPECT_THAT(reason({4, 1, 4}), HasSubstr("one voxel thick"));
  EXPECT_THAT(reason({4, 0, 4}), HasSubstr("must be positive"));
  EXPECT_THAT(reason({4, 4, -4}), HasSubstr("must be positive"));
}

TEST(Grid, TheSameGridIsExactlyTheSame) {
  const Geometry a = test::awkward_volume().geometry;
  Geometry b = a;
  EXPECT_TRUE(same_grid(a, b));
  b.origin_mm[2] += 1e-9;
  EXPECT_FALSE(same_grid(a, b));
}

}  // namespace
}  // namespace voxprior
