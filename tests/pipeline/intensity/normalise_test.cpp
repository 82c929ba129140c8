#include "pipeline/intensity/normalise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pipeline/intensity/otsu.h"
#include "pipeline/noise/random.h"
#include "pipeline/noise/simulate.h"

namespace voxprior {
namespace {

/// Rows of 100 voxels: 60 of empty air, then 40 of tissue that goes smoothly from 300 to 1000 and back.
std::vector<float> rows_of_tissue() {
  std::vector<float> voxels;
  Random random(1);
  for (int row = 0; row < 3000; ++row) {
    const double phase = random.uniform(0, 2 * M_PI);
    for (int i = 0; i < 100; ++i)
      voxels.push_back(i < 60 ? 0 : static_cast<float>(650 + 350 * std::sin(phase + 0.1 * i)));
  }
  return voxels;
}

double of_nonzero(const std::vector<float>& voxels, double percent) {
  std::vector<float> positive;
  for (const float v : voxels)
    if (v > 0) positive.push_back(v);
  return percentile(positive.data(), positive.size(), percent);
}

TEST(Percentile, InterpolatesBetweenNeighbours) {
  const std::vector<float> values{40, 10, 30, 20};
  EXPECT_EQ(percentile(values.data(), 4, 0), 10);
  EXPECT_EQ(percentile(values.data(), 4, 100), 40);
  EXPECT_EQ(percentile(values.data(), 4, 50), 25);
  EXPECT_NEAR(percentile(values.data(), 4, 10), 13, 1e-9);
  EXPECT_EQ(percentile(values.data(), 1, 99.5), 40);
}

TEST(OtsuThreshold, PartsTwoClasses) {
  std::vector<float> values(2000);
  fill_gaussian(values.data(), values.size(), 1, 0);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] += i % 4 == 0 ? 20 : 5;
  EXPECT_NEAR(otsu_threshold(values.data(), values.size()), 12.5, 3);
}

TEST(OtsuThreshold, OfAConstantIsTheConstant) {
  const std::vector<float> values(10, 3);
  EXPECT_EQ(otsu_threshold(values.data(), values.size()), 3);
}

TEST(ForegroundScale, IsThePercentileOfNonZeroVoxelsOfACleanVolume) {
  const std::vector<float> voxels = rows_of_tissue();
  EXPECT_NEAR(foreground_scale(voxels.data(), voxels.size()) / of_nonzero(voxels, 99.5), 1, 0.005);
}

TEST(ForegroundScale, HardlyFeelsNoise) {
  const std::vector<float> clean = rows_of_tissue();
  const double scale = foreground_scale(clean.data(), clean.size());
  for (const double sigma : {30.0, 90.0, 150.0}) {
    const double allowed = sigma < 100 ? 0.05 : 0.13;  // measured 0.01, 0.03, 0.10
    std::vector<float> rician = clean, gaussian = clean;
    add_rician_noise(rician.data(), rician.size(), sigma, 1);
    add_gaussian_noise(gaussian.data(), gaussian.size(), sigma, 1);
    EXPECT_NEAR(foreground_scale(rician.data(), rician.size()) / scale, 1, allowed) << sigma;
    EXPECT_NEAR(foreground_scale(gaussian.data(), gaussian.size()) / scale, 1, allowed) << sigma;
  }
}

TEST(ForegroundScale, IsNotSimplyThePercentileWhichNoiseMovesMuchFurther) {
  std::vector<float> noisy = rows_of_tissue();
  const double clean_percentile = of_nonzero(noisy, 99.5);
  add_rician_noise(noisy.data(), noisy.size(), 150, 1);
  EXPECT_GT(of_nonzero(noisy, 99.5) / clean_percentile, 1.15);  // what the test above would see: 1.2
}

TEST(ForegroundScale, FollowsTheUnitAndIgnoresAFewSpikes) {
  std::vector<float> voxels = rows_of_tissue();
  const double scale = foreground_scale(voxels.data(), voxels.size());
  for (std::size_t i = 70; i < voxels.size(); i += 10000) voxels[i] = 50000;
  EXPECT_NEAR(foreground_scale(voxels.data(), voxels.size()) / scale, 1, 0.005);
  for (float& v : voxels) v /= 4096;
  EXPECT_NEAR(foreground_scale(voxels.data(), voxels.size()) * 4096 / scale, 1, 0.005);
}

TEST(ForegroundScale, OfNothingIsZero) {
  const std::vector<float> zeros(100, 0), negative(100, -5);
  EXPECT_EQ(foreground_scale(zeros.data(), zeros.size()), 0);
  EXPECT_EQ(foreground_scale(negative.data(), negative.size()), 0);
}

TEST(ForegroundScale, OfAConstantIsTheConstant) {
  const std::vector<float> constant(1000, 8);
  EXPECT_NEAR(foreground_scale(constant.data(), constant.size()), 8, 0.03);
}

TEST(IntensityMap, PutsAirAtZeroAndWaterAtOne) {
  const IntensityMap map = ct_intensity_map();
  EXPECT_EQ(map.forward(-1000), 0);
  EXPECT_EQ(map.forward(0), 1);
  EXPECT_FLOAT_EQ(map.inverse(map.forward(437)), 437);
}

}  // namespace
}  // namespace voxprior
