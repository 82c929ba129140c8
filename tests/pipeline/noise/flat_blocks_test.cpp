#include "pipeline/noise/flat_blocks.h"

#include <gtest/gtest.h>

#include "pipeline/noise/filtered_scan.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::array<std::int64_t, 3> kSize{60, 55, 51};
constexpr std::size_t kVoxels = 60 * 55 * 51;

std::vector<float> white_noise(float sigma) {
  std::vector<float> voxels(kVoxels);
  fill_gaussian(voxels.data(), kVoxels, 7, 0);
  for (float& v : voxels) v = 1000 + sigma * v;
  return voxels;
}

TEST(FlatBlocks, OfWhiteNoiseTheyShowALittleLessThanSigma) {
  // 121 degrees of freedom: the 10th percentile of chi / sqrt(121) is 1 - 1.2816 / sqrt(2 * 121) - ... = 0.916.
  EXPECT_NEAR(flattest_deviation_of_noise({}), 0.916, 0.01);
  EXPECT_NEAR(flattest_deviation(white_noise(20).data(), kSize, 0) / 20, 0.916, 0.015);
}

TEST(FlatBlocks, NoiseThatReachesFarShowsLess) {
  KspaceFilter hann, narrow;
  hann.taper = {KspaceFilter::kHann, KspaceFilter::kHann, KspaceFilter::kHann};
  narrow.kept = {0.3, 0.3, 0.3};
  EXPECT_LT(flattest_deviation_of_noise(hann), 0.9);
  EXPECT_LT(flattest_deviation_of_noise(narrow), flattest_deviation_of_noise(hann) - 0.1);
}

TEST(FlatBlocks, WhatIsPredictedOfFilteredNoiseIsSeen) {
  FilteredScanRequest request;
  request.size = kSize;
  request.filter.kept = {0.7, 0.6, 1};
  request.magnitude = false;
  request.seed = 3;
  const std::vector<float> nothing(kVoxels), sigma(kVoxels, 25);
  const std::vector<float> noise = filtered_scan(nothing, sigma, request).noisy;
  EXPECT_NEAR(flattest_deviation(noise.data(), kSize, -1000) / 25, flattest_deviation_of_noise(request.filter), 0.02);
}

TEST(FlatBlocks, ShadingIsNoNoiseAndAnatomyOnlyAddsToIt) {
  std::vector<float> shaded = white_noise(20), edges = shaded;
  for (std::size_t n = 0; n < kVoxels; ++n) {
    shaded[n] += 8 * static_cast<float>(n % 60) - 5 * static_cast<float>(n / 60 % 55);
    edges[n] += n / 60 % 2 == 0 ? 300.f : 0.f;
  }
  const double plain = flattest_deviation(white_noise(20).data(), kSize, 0);
  EXPECT_NEAR(flattest_deviation(shaded.data(), kSize, 0), plain, 0.2);
  EXPECT_GT(flattest_deviation(edges.data(), kSize, 0), 5 * plain);
}

TEST(FlatBlocks, TooLittleTissueTellsNothing) {
  std::vector<float> voxels = white_noise(20);
  for (std::size_t n = 0; n < kVoxels; ++n)
    if (n % 60 >= 10) voxels[n] = 0;  // two blocks wide
  EXPECT_GT(flattest_deviation(voxels.data(), kSize, 500), 0);
  for (std::size_t n = 0; n < kVoxels; ++n)
    if (n % 60 >= 5 || n / 60 % 55 >= 40) voxels[n] = 0;
  EXPECT_EQ(flattest_deviation(voxels.data(), kSize, 500), 0);
}

}  // namespace
}  // namespace voxprior
