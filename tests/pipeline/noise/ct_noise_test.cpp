#include "pipeline/noise/ct_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::int64_t kSide = 96, kSlices = 12;

std::vector<float> white(double sigma) {
  std::vector<float> noise(kSide * kSide * kSlices);
  fill_gaussian(noise.data(), noise.size(), 7, 0);
  for (float& value : noise) value *= static_cast<float>(sigma);
  return noise;
}

/// Differences of neighbours two apart along both axes of the plane, scaled to keep the variance: like a band-pass
/// reconstruction kernel, nothing at frequency 0.
std::vector<float> band_passed(double sigma) {
  const std::vector<float> x = white(sigma);
  std::vector<float> y(x.size());
  const auto at = [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    return x[static_cast<std::size_t>((k * kSide + (j + kSide) % kSide) * kSide + (i + kSide) % kSide)];
  };
  for (std::int64_t k = 0; k < kSlices; ++k)
    for (std::int64_t j = 0; j < kSide; ++j)
      for (std::int64_t i = 0; i < kSide; ++i)
        y[static_cast<std::size_t>((k * kSide + j) * kSide + i)] =
            (4 * at(i, j, k) - at(i - 2, j, k) - at(i + 2, j, k) - at(i, j - 2, k) - at(i, j + 2, k)) / std::sqrt(20.f);
  return y;
}

/// Air around a body of fat and muscle with a slow gradient, and bone.
std::vector<float> with_body(std::vector<float> noise) {
  for (std::int64_t k = 0; k < kSlices; ++k)
    for (std::int64_t j = 0; j < kSide; ++j)
      for (std::int64_t i = 0; i < kSide; ++i) {
        const double x = static_cast<double>(i) - 48, y = static_cast<double>(j) - 48, r = std::sqrt(x * x + y * y);
        const double hu = r > 44 ? -1000 : r > 38 ? -100 : r < 6 ? 700 : 40 + 0.3 * x;
        noise[static_cast<std::size_t>((k * kSide + j) * kSide + i)] += static_cast<float>(hu);
      }
  return noise;
}

double estimate(const std::vector<float>& voxels) {
  return survey_ct_noise(voxels.data(), {kSide, kSide, kSlices}).even_sigma;
}

TEST(EstimateCtNoise, FindsWhiteNoiseAmongTissues) {
  for (const double sigma : {5., 20., 80.}) EXPECT_NEAR(estimate(with_body(white(sigma))) / sigma, 1, 0.05) << sigma;
}

TEST(EstimateCtNoise, FindsTheWholeOfCorrelatedNoise) {
  for (const double sigma : {5., 20., 80.})
    EXPECT_NEAR(estimate(with_body(band_passed(sigma))) / sigma, 1, 0.08) << sigma;
}

TEST(EstimateCtNoise, GradientsAreNoNoise) {
  std::vector<float> ramp = white(10);
  for (std::size_t n = 0; n < ramp.size(); ++n) ramp[n] += static_cast<float>(n % kSide);
  EXPECT_NEAR(estimate(ramp), 10, 0.5);
}

TEST(EstimateCtNoise, TakesWhatThereIsWithoutSoftTissue) {
  std::vector<float> lung = white(30);
  for (float& value : lung) value -= 800;
  EXPECT_NEAR(estimate(lung), 30, 1.5);
}

TEST(EstimateCtNoise, IsZeroForConstantsAndTooSmallVolumes) {
  EXPECT_EQ(estimate(std::vector<float>(kSide * kSide * kSlices, 30.f)), 0);
  EXPECT_EQ(survey_ct_noise(white(9).data(), {6, 6, 4}).even_sigma, 0);
}

LocalNoise look(const std::vector<float>& voxels) {
  return survey_ct_noise(voxels.data(), {kSide, kSide, kSlices}).local;
}

TEST(LocalCtNoise, CallsEvenNoiseEven) {
  for (const auto& noise : {white(20), band_passed(20)}) {
    const LocalNoise found = look(with_body(noise));
    ASSERT_TRUE(found.seen);
    EXPECT_FALSE(found.varies) << found.ratio();
    EXPECT_NEAR(found.typical, 20, 2);
    EXPECT_GT(found.confidence, 0.9);
  }
}

// Four times as much on one side as on the other, growing exponentially.
TEST(LocalCtNoise, FollowsNoiseThatGrowsTowardsASide) {
  const auto at = [](std::int64_t i) { return 15 * std::pow(4., static_cast<double>(i) / kSide - 0.5); };
  std::vector<float> noise = band_passed(1);
  for (std::size_t n = 0; n < noise.size(); ++n)
    noise[n] *= static_cast<float>(at(static_cast<std::int64_t>(n) % kSide));
  const LocalNoise found = look(with_body(noise));
  ASSERT_TRUE(found.varies) << found.ratio();
  for (const std::int64_t i : {24, 48, 72})
    EXPECT_NEAR(found.sigma[static_cast<std::size_t>((6 * kSide + 48) * kSide + i)] / at(i), 1, 0.2)
        << i;  // a steep slope
}

TEST(LocalCtNoise, SeesNothingWithoutSoftTissue) {
  std::vector<float> lung = white(30);
  for (float& value : lung) value -= 800;
  EXPECT_FALSE(look(lung).seen);
}

}  // namespace
}  // namespace voxprior
