#include "io/nifti/quaternion.h"

#include <gmock/gmock.h>

#include <cmath>

namespace voxprior::nifti {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

TEST(Quaternion, OfAThirdTurnAboutTheDiagonalPermutesTheAxes) {
  EXPECT_THAT(rotation_of({0.5, 0.5, 0.5}), ElementsAre(0, 0, 1, 1, 0, 0, 0, 1, 0));
}

TEST(Quaternion, ComesBackFromItsRotationHalfTurnsIncluded) {
  double largest = 0;
  for (double angle = 0; angle <= M_PI; angle += M_PI / 16) {
    for (const auto& axis : {std::array{1., 0., 0.}, std::array{0., 0.6, 0.8}, std::array{-2. / 3, 1. / 3, -2. / 3}}) {
      const double s = std::sin(angle / 2);
      const auto rotation = rotation_of({s * axis[0], s * axis[1], s * axis[2]});
      const auto again = rotation_of(quaternion_of(rotation).bcd);
      for (int n = 0; n < 9; ++n) largest = std::max(largest, std::abs(again[n] - rotation[n]));
    }
  }
  EXPECT_LT(largest, 1e-14);  // measured 1.1e-15
}

TEST(Quaternion, OfAMirrorImageHasQfacMinusOne) {
  const Quaternion mirrored = quaternion_of({1, 0, 0, 0, 1, 0, 0, 0, -1});
  EXPECT_EQ(mirrored.qfac, -1);
  EXPECT_THAT(mirrored.bcd, Pointwise(DoubleNear(1e-15), {0., 0., 0.}));
  EXPECT_EQ(quaternion_of({1, 0, 0, 0, 1, 0, 0, 0, 1}).qfac, 1);
}

}  // namespace
}  // namespace voxprior::nifti
