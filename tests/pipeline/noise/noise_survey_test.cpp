#include "pipeline/noise/noise_survey.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/noise/filtered_scan.h"
#include "pipeline/noise/noise_spread.h"
#include "pipeline/noise/simulate.h"
#include "tests/pipeline/noise/simulated_head.h"

namespace voxprior {
namespace {

using test::kSize;
using test::scan;

TEST(SurveyNoise, OfWhiteEvenNoiseIsTheWhole) {
  std::vector<float> noisy = scan();
  add_rician_noise(noisy.data(), noisy.size(), 90., 1);
  const NoiseSurvey found = survey_noise(noisy.data(), kSize);
  EXPECT_FALSE(found.correlated());
  EXPECT_FALSE(found.varies());
  EXPECT_EQ(found.sigma, found.whole.sigma);
  EXPECT_GT(found.sigma_confidence, 0.85);
  EXPECT_EQ(found.message, "");
}

TEST(SurveyNoise, TakesTheSigmaOfTheMapWhereNoiseVaries) {
  const std::vector<float> clean = scan();
  std::vector<float> noisy = clean, sigma = noise_towards_side(kSize, 6);
  scale_noise_map(sigma, clean, 90);
  add_rician_noise(noisy.data(), noisy.size(), sigma.data(), 1);
  const NoiseSurvey found = survey_noise(noisy.data(), kSize);
  EXPECT_TRUE(found.varies());
  EXPECT_NEAR(found.sigma / 90, 1, 0.15);
  EXPECT_NE(found.message.find("varies"), std::string::npos);
}

TEST(SurveyNoise, TakesTheSigmaOfTheSpectraWhereNoiseIsCorrelated) {
  FilteredScanRequest request;
  request.size = kSize;
  request.filter.kept = {0.7, 0.7, 1};
  const std::vector<float> clean = scan();
  const FilteredScan scan = filtered_scan(clean, std::vector<float>(clean.size(), 80), request);
  const NoiseSurvey found = survey_noise(scan.noisy.data(), kSize);
  EXPECT_TRUE(found.correlated());
  EXPECT_NEAR(found.sigma / 80, 1, 0.12);
  EXPECT_LT(found.whole.sigma, 60) << "the finest band alone sees but a part of it";
  EXPECT_NE(found.message.find("k-space"), std::string::npos);
}

/// Skull-stripped tissue that is textured like filtered noise, with flat islands: the windows of the spectra are
/// longer.
std::vector<float> textured_with_islands(const test::Size& size, float islands) {
  FilteredScanRequest request;
  request.size = size;
  request.filter.taper = {KspaceFilter::kHann, KspaceFilter::kHann, KspaceFilter::kHann};
  request.magnitude = false;
  const auto voxels = static_cast<std::size_t>(size[0] * size[1] * size[2]);
  std::vector<float> texture(voxels, 45);
  std::vector<bool> dark(voxels);
  for (std::size_t n = 0; n < voxels; ++n) {
    const std::size_t i = n % size[0], j = n / size[0] % size[1], k = n / (size[0] * size[1]);
    if ((i / 10 + j / 10 + k / 10) % 3 == 0) texture[n] = islands;
    dark[n] = i < 12 || j < 12 || k < 12;
  }
  std::vector<float> scan = filtered_scan(std::vector<float>(voxels), texture, request).noisy;
  for (std::size_t n = 0; n < voxels; ++n) scan[n] = dark[n] ? 0 : 800 + scan[n];
  return scan;
}

TEST(SurveyNoise, SpectraThatAreLouderThanTheFlattestTissueAreNotBelieved) {
  const test::Size size{140, 130, 120};
  const NoiseSurvey even = survey_noise(textured_with_islands(size, 45).data(), size);
  EXPECT_TRUE(even.correlated());
  EXPECT_FALSE(even.texture_doubted);
  EXPECT_NEAR(even.sigma / 45, 1, 0.05);

  const std::vector<float> scan = textured_with_islands(size, 12);
  EXPECT_GT(noise_texture(scan.data(), size, 400).confidence, NoiseSurvey::kTrusted);
  const NoiseSurvey found = survey_noise(scan.data(), size);
  EXPECT_FALSE(found.correlated());
  EXPECT_TRUE(found.texture_doubted);
  EXPECT_LT(found.sigma, 12);
  EXPECT_NE(found.message.find("smoothed or interpolated"), std::string::npos);
}

TEST(SurveyNoise, SaysThatAVolumeWasDenoisedBefore) {
  const std::vector<float> clean = scan();
  std::vector<float> noisy = clean, denoised = clean;
  add_rician_noise(noisy.data(), noisy.size(), 60., 1);
  add_rician_noise(denoised.data(), denoised.size(), 12., 2);
  for (std::size_t i = 0; i < noisy.size(); ++i)
    if (clean[i] > 0) noisy[i] = denoised[i];
  const NoiseSurvey found = survey_noise(noisy.data(), kSize);
  EXPECT_LT(found.sigma, 20);
  EXPECT_NE(found.message.find("denoised before"), std::string::npos);
}

}  // namespace
}  // namespace voxprior
