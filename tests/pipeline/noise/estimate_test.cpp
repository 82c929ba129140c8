#include "pipeline/noise/estimate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pipeline/noise/simulate.h"

namespace voxprior {
namespace {

using Size = std::array<std::int64_t, 3>;
constexpr Size kSize{80, 76, 72};

/// A head-like object of brightness about 1000: a shaded ellipsoid with folded tissue borders, in empty air.
std::vector<float> head() {
  std::vector<float> voxels;
  for (std::int64_t k = 0; k < kSize[2]; ++k)
    for (std::int64_t j = 0; j < kSize[1]; ++j)
      for (std::int64_t i = 0; i < kSize[0]; ++i) {
        const double x = 2 * (i + 0.5) / kSize[0] - 1, y = 2 * (j + 0.5) / kSize[1] - 1,
                     z = 2 * (k + 0.5) / kSize[2] - 1;
        const double radius = std::sqrt((x * x + y * y + z * z) / 0.7);
        const double folds = std::sin(12 * x + 3 * y) + std::sin(11 * y - 4 * z) + std::sin(13 * z + 2 * x);
        const double tissue = folds > 0.4 ? 900 : 600;
        voxels.push_back(static_cast<float>(radius < 1 ? tissue * (1 + 0.1 * x * y) : 0));
      }
  return voxels;
}

/// Moved by half a voxel along every axis with linear interpolation.
std::vector<float> interpolated(std::vector<float> voxels) {
  for (const std::int64_t step : {std::int64_t{1}, kSize[0], kSize[0] * kSize[1]})
    for (std::size_t i = 0; i + step < voxels.size(); ++i) voxels[i] = (voxels[i] + voxels[i + step]) / 2;
  return voxels;
}

/// The head with borders of two voxels, as scans have.
std::vector<float> scan() { return interpolated(head()); }

std::vector<float> masked(std::vector<float> noisy, const std::vector<float>& clean) {
  for (std::size_t i = 0; i < noisy.size(); ++i)
    if (clean[i] == 0) noisy[i] = 0;
  return noisy;
}

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
