#include "pipeline/noise/local_noise.h"

#include <gtest/gtest.h>

#include <cmath>

#include "pipeline/noise/noise_spread.h"
#include "pipeline/noise/simulate.h"
#include "tests/pipeline/noise/simulated_head.h"

namespace voxprior {
namespace {

using test::kSize;
using test::masked;
using test::scan;

/// Root mean square of ln(found / true) over the object.
double log_error(const std::vector<float>& found, const std::vector<float>& truth, const std::vector<float>& clean) {
  double squares = 0, count = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (clean[i] == 0) continue;
    squares += std::pow(std::log(found[i] / truth[i]), 2);
    ++count;
  }
  return std::sqrt(squares / count);
}

TEST(LocalNoise, FollowsNoiseThatVaries) {
  const std::vector<float> clean = scan();
  std::vector<float> sigma = noise_towards_side(kSize, 8);
  scale_noise_map(sigma, clean, 90);
  for (const bool stripped : {false, true}) {
    std::vector<float> noisy = clean;
    add_rician_noise(noisy.data(), noisy.size(), sigma.data(), 1);
    if (stripped) noisy = masked(noisy, clean);
    const LocalNoise found = local_noise(noisy.data(), kSize, NoiseKind::rician, !stripped);
    ASSERT_TRUE(found.seen);
    EXPECT_TRUE(found.varies);
    EXPECT_GT(found.ratio(), 2);
    EXPECT_LT(log_error(found.sigma, sigma, clean), 0.25) << stripped;
  }
}

TEST(LocalNoise, OfEvenNoiseIsEven) {
  const std::vector<float> clean = scan();
  std::vector<float> noisy = clean;
  add_gaussian_noise(noisy.data(), noisy.size(), 90., 1);
  const LocalNoise found = local_noise(noisy.data(), kSize, NoiseKind::gaussian, true);
  ASSERT_TRUE(found.seen);
  EXPECT_FALSE(found.varies);
  EXPECT_NEAR(found.typical, 90, 5);
  EXPECT_LT(log_error(found.sigma, std::vector<float>(clean.size(), 90), clean), 0.08);
}

TEST(LocalNoise, SaysNothingWhereAnatomyRulesOrNothingCanBeSeen) {
  EXPECT_FALSE(local_noise(scan().data(), kSize, NoiseKind::rician, false).seen);
  const std::vector<float> small(8, 1);
  EXPECT_FALSE(local_noise(small.data(), {2, 2, 2}, NoiseKind::gaussian, false).seen);
}

}  // namespace
}  // namespace voxprior
