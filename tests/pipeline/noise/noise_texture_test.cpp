#include "pipeline/noise/noise_texture.h"

#include <gtest/gtest.h>

#include "pipeline/noise/filtered_scan.h"
#include "pipeline/noise/simulate.h"
#include "tests/pipeline/noise/simulated_head.h"

namespace voxprior {
namespace {

using test::kSize;
using test::scan;

constexpr double kThreshold = 300;  // the head is 540 and brighter, the air 0

KspaceFilter filter_of(std::array<double, 3> kept, double taper) {
  KspaceFilter filter;
  filter.kept = kept;
  filter.taper.fill(taper);
  return filter;
}

std::vector<float> filtered(const KspaceFilter& filter, double sigma) {
  FilteredScanRequest request;
  request.size = kSize;
  request.filter = filter;
  request.seed = 2;
  const std::vector<float> clean = scan();
  return filtered_scan(clean, std::vector<float>(clean.size(), static_cast<float>(sigma)), request).noisy;
}

TEST(NoiseTexture, FindsWhatWasZeroFilled) {
  const NoiseTexture found = noise_texture(filtered(filter_of({0.7, 0.6, 1}, 0), 60).data(), kSize, kThreshold);
  ASSERT_TRUE(found.seen);
  EXPECT_FALSE(found.white());
  EXPECT_NEAR(found.filter.kept[0], 0.7, 0.04);
  EXPECT_NEAR(found.filter.kept[1], 0.6, 0.04);
  EXPECT_NEAR(found.filter.kept[2], 1, 0.06);
  EXPECT_NEAR(found.sigma / 60, 1, 0.12);
  EXPECT_NEAR(found.sigma_in_band / (60 / std::sqrt(0.42)), 1, 0.12);
  EXPECT_GT(found.confidence, 0.75);
}

TEST(NoiseTexture, FindsTheTaperOfAFilter) {
  const NoiseTexture found =
      noise_texture(filtered(filter_of({1, 1, 1}, KspaceFilter::kHann), 60).data(), kSize, kThreshold);
  ASSERT_TRUE(found.seen);
  for (std::size_t axis = 0; axis < 3; ++axis) {  // what counts is the curve, which two pairs may share
    for (const double f : {0.1, 0.2, 0.3})
      EXPECT_NEAR(weight_along(found.filter, static_cast<int>(axis), f),
                  weight_along(filter_of({1, 1, 1}, KspaceFilter::kHann), 0, f), 0.1)
          << axis << " " << f;
  }
  EXPECT_NEAR(found.sigma / 60, 1, 0.12);
}

TEST(NoiseTexture, LeavesWhiteNoiseWhite) {
  for (const double sigma : {40., 120.}) {
    std::vector<float> noisy = scan();
    add_rician_noise(noisy.data(), noisy.size(), sigma, 1);
    const NoiseTexture found = noise_texture(noisy.data(), kSize, kThreshold);
    ASSERT_TRUE(found.seen) << sigma;
    EXPECT_TRUE(found.white()) << sigma;
    EXPECT_NEAR(found.sigma / sigma, 1, 0.08) << sigma;
  }
}

TEST(NoiseTexture, SaysNothingOfAVolumeWithoutNoiseOrTooSmall) {
  EXPECT_FALSE(noise_texture(scan().data(), kSize, kThreshold).seen);
  const std::vector<float> small(8 * 8 * 8, 1);
  EXPECT_FALSE(noise_texture(small.data(), {8, 8, 8}, 0).seen);
  EXPECT_TRUE(noise_texture(small.data(), {8, 8, 8}, 0).white());
}

}  // namespace
}  // namespace voxprior
