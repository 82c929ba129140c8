#include "pipeline/metrics/features/radiomics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/pipeline/metrics/features/random_image.h"

namespace voxprior {
namespace {

TEST(FirstOrder, OfFourVoxelsIsThatOfTheHand) {
  const FirstOrder f = first_order({{0, 0.2f, 0.4f, 0.6f, 1.2f, 0, 0, 0.05f}, {8, 1, 1}});
  EXPECT_NEAR(f.volume_fraction, 0.5, 1e-12);
  EXPECT_NEAR(f.mean, 0.6, 1e-7);
  EXPECT_NEAR(f.standard_deviation, std::sqrt(0.14), 1e-7);          // (0.16 + 0.04 + 0 + 0.36) / 4
  EXPECT_NEAR(f.skewness, 0.036 / std::pow(0.14, 1.5), 1e-6);        // (-0.064 - 0.008 + 0 + 0.216) / 4
  EXPECT_NEAR(f.excess_kurtosis, 0.0392 / (0.14 * 0.14) - 3, 1e-6);  // (0.0256 + 0.0016 + 0 + 0.1296) / 4
  EXPECT_NEAR(f.median, 0.5, 1e-7);
  EXPECT_NEAR(f.percentile_10, 0.26, 1e-7);  // a tenth of three steps
  EXPECT_NEAR(f.energy, 0.5, 1e-7);          // (0.04 + 0.16 + 0.36 + 1.44) / 4
}

TEST(FirstOrder, OfARampHasItsSlope) {
  Image ramp = test::constant_image({9, 9, 9}, 0);
  for (std::int64_t k = 0; k < 9; ++k)
    for (std::int64_t j = 0; j < 9; ++j)
      for (std::int64_t i = 0; i < 9; ++i)
        ramp.voxels[ramp.at(i, j, k)] = 0.2f + 0.03f * static_cast<float>(i) + 0.04f * static_cast<float>(k);
  EXPECT_NEAR(first_order(ramp).mean_gradient, 0.05, 1e-6);
}

TEST(Cooccurrence, OfFourVoxelsInARowIsThatOfTheHand) {
  // Levels 5, 5, 6, 8 (0.04 each): pairs (5,5), (5,6), (6,8), both ways: p(5,5) = 1/3, p(5,6) = p(6,5) = p(6,8) =
  // p(8,6) = 1/6.
  const Cooccurrence c = cooccurrence({{0.21f, 0.22f, 0.25f, 0.33f}, {4, 1, 1}}, 1);
  EXPECT_NEAR(c.contrast, (1 + 1 + 4 + 4) / 6., 1e-12);
  EXPECT_NEAR(c.joint_energy, 1. / 9 + 4. / 36, 1e-12);
  EXPECT_NEAR(c.joint_entropy_bits, std::log2(3.) / 3 + 4 * std::log2(6.) / 6, 1e-12);
  EXPECT_NEAR(c.inverse_difference_moment, 1. / 3 + 2 * (1. / 6) / 2 + 2 * (1. / 6) / 5, 1e-12);
  // Marginal: 5 with 1/2, 6 with 1/3, 8 with 1/6: mean 35/6, mean square 35.1667; E[ab] = (25 + 30 + 48) / 3.
  const double mean = 35. / 6, variance = 25. / 2 + 36. / 3 + 64. / 6 - mean * mean;
  EXPECT_NEAR(c.correlation, (103. / 3 - mean * mean) / variance, 1e-12);
}

TEST(Cooccurrence, LooksInAllThirteenDirectionsAndPastTheBackgroundNowhere) {
  // A centre of another level in 3 x 3 x 3: 26 pairs with the centre of the 158 neighbouring pairs there are.
  Image cube = test::constant_image({3, 3, 3}, 0.21f);
  cube.voxels[13] = 0.25f;
  EXPECT_NEAR(cooccurrence(cube, 1).contrast, 26. / 158, 1e-12);
  cube.voxels[13] = 0;
  EXPECT_EQ(cooccurrence(cube, 1).contrast, 0);
  EXPECT_EQ(cooccurrence(cube, 1).joint_energy, 1);
  EXPECT_EQ(cooccurrence(cube, 3).joint_energy, 0);  // nothing is three apart
}

TEST(Cooccurrence, AtTwoVoxelsSeesStripesThatOneMisses) {
  Image stripes = test::constant_image({16, 1, 1}, 0.21f);
  for (std::size_t n = 0; n < 16; n += 2) stripes.voxels[n] = 0.41f;
  EXPECT_NEAR(cooccurrence(stripes, 1).correlation, -1, 1e-12);
  EXPECT_NEAR(cooccurrence(stripes, 2).correlation, 1, 1e-12);
}

TEST(RadiomicFeatures, OfNothingAreFinite) {
  const auto features = radiomic_features(test::constant_image({4, 4, 4}, 0));
  EXPECT_EQ(features.size(), 20u);
  for (const double v : features) EXPECT_TRUE(std::isfinite(v));
}

}  // namespace
}  // namespace voxprior
