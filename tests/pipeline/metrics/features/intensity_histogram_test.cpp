#include "pipeline/metrics/features/intensity_histogram.h"

#include <gtest/gtest.h>

#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

TEST(IntensityHistogram, CountsTheForegroundAlone) {
  const auto d = intensity_distribution({{0, 0, 0.05f, 0.2f, 0.2f, 0.7f, 9}, {7, 1, 1}});
  const auto below = [&](double intensity) { return d[static_cast<std::size_t>(intensity / 0.0125) - 1]; };
  EXPECT_EQ(below(0.1875), 0);
  EXPECT_EQ(below(0.25), 0.5);
  EXPECT_EQ(below(0.75), 0.75);
  EXPECT_EQ(below(1.575), 0.75);
  EXPECT_EQ(d.back(), 1);  // what is too bright is in the last bin
}

TEST(WassersteinDistance, OfAShiftIsTheShift) {
  const auto a = intensity_distribution(test::noise_image({20, 20, 20}, 1, 0.6f, 0.05f));
  const auto b = intensity_distribution(test::noise_image({20, 20, 20}, 1, 0.8f, 0.05f));
  EXPECT_NEAR(wasserstein_distance(a, b), 0.2, 1e-4);  // 16 whole bins
  EXPECT_EQ(wasserstein_distance(a, a), 0);
}

TEST(WassersteinDistance, OfTwoPointsAgainstTheirMiddleIsTheHalfDistance) {
  const auto ends = intensity_distribution({{0.4f, 0.8f}, {2, 1, 1}}),
             middle = intensity_distribution({{0.6f}, {1, 1, 1}});
  EXPECT_NEAR(wasserstein_distance(ends, middle), 0.2, 0.0126);  // a bin is 0.0125 wide
}

}  // namespace
}  // namespace voxprior
