#include "pipeline/sampling/cartesian_masks.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using Mask = std::vector<std::uint8_t>;

MaskRequest request(double acceleration = 4, std::uint64_t seed = 0) { return {61, 48, acceleration, 8, seed}; }

std::int64_t count(const Mask& mask) { return std::accumulate(mask.begin(), mask.end(), std::int64_t{0}); }

/// Share of sampled positions whose distance from the centre, in half widths, lies between the two.
double share(const Mask& mask, double from, double to) {
  int all = 0, found = 0;
  for (int k = 0; k < 48; ++k) {
    for (int j = 0; j < 61; ++j) {
      const double r = std::hypot((j - 30) / 30.5, (k - 24) / 24.);
      if (r < from || r >= to) continue;
      ++all;
      found += mask[static_cast<std::size_t>(k * 61 + j)];
    }
  }
  return static_cast<double>(found) / all;
}

void expect_calibration(const Mask& mask) {
  for (int k = 20; k < 28; ++k)
    for (int j = 26; j < 34; ++j) EXPECT_EQ(mask[static_cast<std::size_t>(k * 61 + j)], 1) << j << ' ' << k;
}

TEST(VariableDensityLines, AreWholeLinesAndAsManyAsAsked) {
  const Mask mask = variable_density_lines(request());
  EXPECT_EQ(count(mask), 15 * 48);  // 61 / 4
  for (std::size_t n = 61; n < mask.size(); ++n) EXPECT_EQ(mask[n], mask[n - 61]);
  expect_calibration(mask);
}

TEST(VariableDensityPoints, AreAsManyAsAskedAndDenserInTheMiddle) {
  const Mask mask = variable_density_points(request());
  EXPECT_EQ(count(mask), 732);
  expect_calibration(mask);
  EXPECT_GT(share(mask, 0.3, 0.5), 2 * share(mask, 0.7, 0.9));
}

TEST(PoissonDiscPoints, KeepTheirDistanceAndNearlyTheirNumber) {
  for (const double acceleration : {2., 4., 8.}) {
    const Mask mask = poisson_disc_points(request(acceleration));
    const double wanted = 61 * 48 / acceleration;
    EXPECT_NEAR(static_cast<double>(count(mask)), wanted, 0.05 * wanted) << acceleration;
    expect_calibration(mask);
  }
  // At 8 the distance far out is several positions: no two neighbours, which random points would have by the dozen.
  const Mask mask = poisson_disc_points(request(8));
  int touching = 0;
  for (int k = 0; k < 12; ++k)
    for (int j = 0; j + 1 < 61; ++j)
      touching += mask[static_cast<std::size_t>(k * 61 + j)] & mask[static_cast<std::size_t>(k * 61 + j + 1)];
  EXPECT_EQ(touching, 0);
  EXPECT_GT(share(mask, 0.3, 0.5), 1.5 * share(mask, 0.7, 0.9));
}

TEST(Masks, TheSeedDecides) {
  for (const auto& make : {variable_density_lines, variable_density_points, poisson_disc_points}) {
    EXPECT_EQ(make(request(4, 1)), make(request(4, 1)));
    EXPECT_NE(make(request(4, 1)), make(request(4, 2)));
  }
}

TEST(Masks, AreWholeWithoutAcceleration) {
  for (const auto& make : {variable_density_lines, variable_density_points, poisson_disc_points})
    EXPECT_EQ(count(make(request(1))), 61 * 48);
}

TEST(Masks, ACalibrationRegionLargerThanTheWholeIsRefused) {
  MaskRequest large = request(8);
  large.calibration = 40;
  for (const auto& make : {variable_density_lines, variable_density_points, poisson_disc_points}) {
    EXPECT_THAT(test::refusal(ExitCode::usage, [&] { make(large); }), testing::HasSubstr("leaves"));
  }
}

}  // namespace
}  // namespace voxprior
