#include "pipeline/noise/estimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pipeline/noise/simulate.h"
#include "tests/pipeline/noise/simulated_head.h"

namespace voxprior {
namespace {

using test::interpolated;
using test::kSize;
using test::masked;
using test::scan;
using test::Size;

TEST(EstimateNoise, FindsGaussianNoise) {
  for (const double sigma : {30.0, 90.0, 150.0}) {
    std::vector<float> noisy = scan();
    add_gaussian_noise(noisy.data(), noisy.size(), sigma, 1);
    const NoiseEstimate found = estimate_noise(noisy.data(), kSize);
    EXPECT_NEAR(found.sigma / sigma, 1, 0.04);
    EXPECT_NEAR(found.object_sigma / sigma, 1, 0.05);
    EXPECT_NEAR(found.background_sigma / sigma, 1, 0.03);
    EXPECT_EQ(found.kind, NoiseKind::gaussian);
    EXPECT_EQ(found.background, Background::noise);
    EXPECT_TRUE(found.white);
    EXPECT_EQ(found.message, "");
  }
}

TEST(EstimateNoise, FindsRicianNoiseWithAndWithoutItsBackground) {
  const std::vector<float> clean = scan();
  for (const double sigma : {30.0, 90.0, 150.0}) {
    std::vector<float> noisy = clean;
    add_rician_noise(noisy.data(), noisy.size(), sigma, 1);
    const NoiseEstimate found = estimate_noise(noisy.data(), kSize);
    EXPECT_NEAR(found.sigma / sigma, 1, 0.04);
    EXPECT_NEAR(found.background_sigma / sigma, 1, 0.02);
    EXPECT_EQ(found.kind, NoiseKind::rician);
    EXPECT_EQ(found.background, Background::noise);

    const std::vector<float> stripped = masked(noisy, clean);
    const NoiseEstimate inside = estimate_noise(stripped.data(), kSize);
    EXPECT_NEAR(inside.sigma / sigma, 1, 0.05);
    EXPECT_EQ(inside.background, Background::zeroed);
    EXPECT_TRUE(inside.white);
  }
}

TEST(EstimateNoise, CorrectsTheRicianVarianceOfAWeakSignal) {
  const Size size{64, 64, 64};
  std::vector<float> noisy(64 * 64 * 64, 150);  // signal to noise 1.5: the magnitude varies by 0.88 sigma
  add_rician_noise(noisy.data(), noisy.size(), 100, 3);
  EXPECT_NEAR(estimate_noise(noisy.data(), size, NoiseKind::rician).sigma, 100, 4);
  EXPECT_LT(estimate_noise(noisy.data(), size, NoiseKind::gaussian).sigma, 92);
}

TEST(EstimateNoise, DoesNotTakeAnatomyForNoise) {
  const std::vector<float> clean = scan();
  const NoiseEstimate found = estimate_noise(clean.data(), kSize);
  EXPECT_LT(found.sigma, 5);  // 0.5 % of the range
}

TEST(EstimateNoise, ScalesWithTheUnitOfTheVoxels) {
  std::vector<float> noisy = scan();
  add_rician_noise(noisy.data(), noisy.size(), 60, 1);
  std::vector<float> small = noisy;
  for (float& v : small) v /= 1024;
  EXPECT_NEAR(estimate_noise(noisy.data(), kSize).sigma / estimate_noise(small.data(), kSize).sigma, 1024, 0.1);
}

TEST(EstimateNoise, SaysThatInterpolatedNoiseIsNotWhite) {
  const std::vector<float> clean = scan();
  std::vector<float> noisy = clean;
  add_rician_noise(noisy.data(), noisy.size(), 90, 1);
  const std::vector<float> moved = interpolated(noisy);
  const NoiseEstimate found = estimate_noise(moved.data(), kSize);
  EXPECT_FALSE(found.white);
  EXPECT_NEAR(found.neighbour_correlation, 0.55, 0.1);  // 0.5 for linear interpolation at half a voxel
  EXPECT_NE(found.message.find("interpolated"), std::string::npos);

  const NoiseEstimate before = estimate_noise(noisy.data(), kSize);
  EXPECT_TRUE(before.white);
  EXPECT_NEAR(before.neighbour_correlation, 0, 0.03);
}

TEST(EstimateNoise, TellsWhenAirAndObjectDisagree) {
  const std::vector<float> clean = scan();
  std::vector<float> noisy = clean, quiet = clean;
  add_rician_noise(noisy.data(), noisy.size(), 60, 1);
  add_rician_noise(quiet.data(), quiet.size(), 15, 2);
  for (std::size_t i = 0; i < noisy.size(); ++i)
    if (clean[i] == 0) noisy[i] = quiet[i];
  const NoiseEstimate found = estimate_noise(noisy.data(), kSize);
  EXPECT_NEAR(found.sigma, 60, 4);
  EXPECT_NEAR(found.background_sigma, 15, 1);
  EXPECT_NE(found.message.find("varies in space"), std::string::npos);
}

TEST(EstimateNoise, CountsTheCoilsOfANoncentralChiVolume) {
  const std::vector<float> clean = scan();
  for (const int coils : {1, 4, 8}) {
    std::vector<float> noisy = clean;
    add_noncentral_chi_noise(noisy.data(), noisy.size(), 60., coils, 1);
    const NoiseEstimate found = estimate_noise(noisy.data(), kSize);
    EXPECT_EQ(found.coils, coils);
    EXPECT_NEAR(found.background_sigma, 60, 2) << coils;
    EXPECT_GT(found.kind_confidence, 0.6) << coils;
  }
  std::vector<float> stripped = clean;
  add_rician_noise(stripped.data(), stripped.size(), 60., 1);
  EXPECT_EQ(estimate_noise(masked(stripped, clean).data(), kSize).kind_confidence, 0.5) << "without air it is assumed";
}

TEST(EstimateNoise, ReadsThinStacksSliceBySlice) {
  for (const std::int64_t slices : {1, 3, 6}) {
    const Size size{128, 128, slices};
    std::vector<float> noisy(static_cast<std::size_t>(128 * 128 * slices), 500);
    add_gaussian_noise(noisy.data(), noisy.size(), 20, 1);
    EXPECT_NEAR(estimate_noise(noisy.data(), size, NoiseKind::gaussian).sigma, 20, 1) << slices;
  }
}

TEST(EstimateNoise, FindsNothingWhereThereIsNothing) {
  for (const float value : {0.0f, 7.0f}) {
    const std::vector<float> constant(1000, value);
    const NoiseEstimate found = estimate_noise(constant.data(), {10, 10, 10});
    EXPECT_EQ(found.sigma, 0);
    EXPECT_NE(found.message, "");
  }
  const std::vector<float> tiny{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(estimate_noise(tiny.data(), {2, 2, 2}).sigma, 0);
}

}  // namespace
}  // namespace voxprior
