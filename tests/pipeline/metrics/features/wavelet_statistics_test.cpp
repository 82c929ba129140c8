#include "pipeline/metrics/features/wavelet_statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

TEST(WaveletStatistics, OfWhiteNoiseAreItsDeviationAndThatOfNormals) {
  const auto found = wavelet_statistics(test::noise_image({64, 64, 64}, 1, 0.5f, 0.1f));
  ASSERT_EQ(found.size(), 3u * 7 * 2);
  for (std::size_t band = 0; band < 21; ++band) {
    EXPECT_NEAR(found[2 * band], -1, 0.05) << band;  // 512 coefficients at the coarsest
    EXPECT_NEAR(found[2 * band + 1], std::log10(std::sqrt(M_PI / 2)), 0.03) << band;  // 0.098
  }
}

TEST(WaveletStatistics, OfAStepAcrossEveryBlockFillTheBandsAlongItAlone) {
  Image stripes = test::constant_image({8, 8, 8}, 0);
  for (std::size_t n = 0; n < stripes.voxels.size(); ++n) stripes.voxels[n] = n % 2 ? 1.0f : 0.0f;  // along i
  const auto found = wavelet_statistics(stripes);
  EXPECT_NEAR(found[0], std::log10(std::sqrt(2.)), 1e-6);  // 1 of 2 in each pair of 8: |d| = sqrt(8) / 2
  EXPECT_NEAR(found[1], 0, 1e-6);                          // all alike: rms = mean
  for (std::size_t n = 1; n < 21; ++n) EXPECT_EQ(found[2 * n], -6) << n;
}

TEST(WaveletStatistics, OfThinVolumesAreFinite) {
  const auto found = wavelet_statistics(test::noise_image({9, 3, 5}, 1, 0.5f, 0.1f));
  EXPECT_EQ(found[14], -6);  // the second level would need two voxels along j
  for (const double v : found) EXPECT_TRUE(std::isfinite(v));
}

}  // namespace
}  // namespace voxprior
