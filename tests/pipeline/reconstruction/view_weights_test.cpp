#include "pipeline/reconstruction/view_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using testing::DoubleNear;
using testing::Each;

const double kPi = std::acos(-1.0);

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(ViewWeights, EqualAnglesWeighTheSame) {
  EXPECT_THAT(view_weights_rad(equal_angles(7, kPi), kPi), Each(DoubleNear(kPi / 7, 1e-12)));
  EXPECT_THAT(view_weights_rad(equal_angles(8, 2 * kPi), kPi), Each(DoubleNear(kPi / 8, 1e-12)));  // opposite views
  EXPECT_THAT(view_weights_rad(equal_angles(9, 2 * kPi), kPi), Each(DoubleNear(kPi / 9, 1e-12)));
  EXPECT_THAT(view_weights_rad({1.3}, kPi), Each(DoubleNear(kPi, 1e-12)));
}

TEST(ViewWeights, UnevenAnglesInAnyOrderAddUpToThePeriod) {
  const std::vector<double> weights = view_weights_rad({2.0, -0.5, 0.1, 1.2, 7.0}, kPi);
  EXPECT_NEAR(sum(weights), kPi, 1e-12);
  // 0.1 lies between 7.0 - 2 pi = 0.7168 and -0.5 + pi, that is -0.5.
  EXPECT_NEAR(weights[2], (7 - 2 * kPi + 0.5) / 2, 1e-12);
}

TEST(ViewWeights, NoViewStandsForAMissingWedge) {
  const std::vector<double> weights = view_weights_rad(equal_angles(60, 2 * kPi / 3), kPi);
  EXPECT_THAT(weights, Each(DoubleNear(kPi / 90, 1e-12)));
}

CtGeometry arc(double range_rad, std::int64_t views) {
  CtGeometry g;
  g.beam = CtBeam::fan;
  g.detector_columns = 41;
  g.column_pitch_mm = 4;
  g.source_to_isocentre_mm = 100;
  g.source_to_detector_mm = 200;
  g.detector_shape = CtDetectorShape::arc;  // columns at multiples of 0.02 rad, to +-0.4
  for (std::int64_t v = 0; v < views; ++v)
    g.angles_rad.push_back(1 + range_rad * static_cast<double>(v) / static_cast<double>(views - 1));
  return g;
}

TEST(RedundancyWeights, AFullTurnMeasuresEverythingTwice) {
  CtGeometry g = arc(1, 2);
  g.angles_rad = equal_angles(90, 2 * kPi);
  for (const std::vector<double>& view : redundancy_weights(g)) EXPECT_THAT(view, Each(0.5));
}

TEST(RedundancyWeights, TheTwoRaysOfALineAddUpToOne) {
  // Steps of 0.04 rad: the ray at angle b and fan angle 0.02 n comes back at b + pi - 0.04 n.
  const std::int64_t half_turn = 100;
  const double step = kPi / static_cast<double>(half_turn);
  CtGeometry g = arc(step * 139, 140);
  g.column_pitch_mm = 200 * step / 2;
  g.detector_columns = 37;
  const auto weights = redundancy_weights(g);
  int pairs = 0, singles = 0;
  for (std::int64_t v = 0; v < 140; ++v)
    for (std::int64_t u = 0; u < 37; ++u) {
      const std::int64_t n = u - 18, back = v + half_turn - n, forth = v - half_turn - n;
      const double w = weights[static_cast<std::size_t>(v)][static_cast<std::size_t>(u)];
      const auto at = [&](std::int64_t view) {
        return weights[static_cast<std::size_t>(view)][static_cast<std::size_t>(36 - u)];
      };
      if (back < 140) {
        EXPECT_NEAR(w + at(back), 1, 1e-9);
        ++pairs;
      } else if (forth < 0) {
        EXPECT_NEAR(w, 1, 1e-9);
        ++singles;
      }
    }
  EXPECT_GT(pairs, 100);
  EXPECT_GT(singles, 100);
}

TEST(RedundancyWeights, RefusesAnArcThatIsTooShort) {
  const std::string message = test::refusal(ExitCode::input, [] { redundancy_weights(arc(kPi, 100)); });
  EXPECT_NE(message.find("180 degrees"), std::string::npos) << message;
}

}  // namespace
}  // namespace voxprior
