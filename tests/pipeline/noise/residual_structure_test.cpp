#include "pipeline/noise/residual_structure.h"

#include <gtest/gtest.h>

#include "pipeline/noise/noise_spread.h"
#include "pipeline/noise/simulate.h"
#include "tests/pipeline/noise/simulated_head.h"

namespace voxprior {
namespace {

using test::interpolated;
using test::kSize;
using test::scan;

TEST(ResidualStructure, OfNoiseAloneIsNothing) {
  const std::vector<float> clean = scan();
  for (const bool magnitude : {false, true}) {
    std::vector<float> noisy = clean;
    if (magnitude)
      add_rician_noise(noisy.data(), noisy.size(), 80., 1);
    else
      add_gaussian_noise(noisy.data(), noisy.size(), 80., 1);
    EXPECT_NEAR(residual_structure(noisy, clean, {80}, magnitude, kSize), 0, 0.03) << magnitude;
  }
}

TEST(ResidualStructure, OfNoiseThatVariesIsNothingWithItsMap) {
  const std::vector<float> clean = scan();
  std::vector<float> noisy = clean, sigma = noise_towards_side(kSize, 6);
  scale_noise_map(sigma, clean, 60);
  add_gaussian_noise(noisy.data(), noisy.size(), sigma.data(), 1);
  EXPECT_NEAR(residual_structure(noisy, clean, sigma, false, kSize), 0, 0.03);
}

TEST(ResidualStructure, OfEdgesThatWereTakenAlongIsLarge) {
  const std::vector<float> clean = scan();
  std::vector<float> noisy = clean;
  add_gaussian_noise(noisy.data(), noisy.size(), 40., 1);
  EXPECT_GT(residual_structure(noisy, interpolated(interpolated(clean)), {40}, false, kSize), 0.3);
}

TEST(ResidualStructure, OfAVolumeTooSmallToTellIsNothing) {
  const std::vector<float> small{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(residual_structure(small, small, {1}, false, {2, 2, 2}), 0);
}

}  // namespace
}  // namespace voxprior
