#include "pipeline/noise/counts.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

TEST(Poisson, MeanVarianceAndSkewnessAreThoseOfTheDistribution) {
  for (const double mean : {0.3, 4., 9.99, 10., 37., 2e4}) {
    Random random(5);
    constexpr int kDraws = 200'000;
    double sum = 0, squares = 0, cubes = 0;
    for (int n = 0; n < kDraws; ++n) {
      const double k = poisson(mean, random);
      ASSERT_EQ(k, std::floor(k));
      ASSERT_GE(k, 0);
      const double d = k - mean;
      sum += d, squares += d * d, cubes += d * d * d;
    }
    // All three are the mean; 4 standard errors of each estimate.
    const double error = 4 / std::sqrt(kDraws);
    EXPECT_NEAR(sum / kDraws, 0, error * std::sqrt(mean)) << mean;
    EXPECT_NEAR(squares / kDraws, mean, error * std::sqrt(mean + 2 * mean * mean)) << mean;
    EXPECT_NEAR(cubes / kDraws, mean, error * std::sqrt(mean + 25 * mean * mean + 15 * mean * mean * mean)) << mean;
  }
}

TEST(PhotonNoise, HasTheVarianceOfCountsAndElectronics) {
  std::vector<float> rays(100'000, 2.f);
  add_photon_noise(rays.data(), rays.size(), 1e4, 20, 3);
  const double counts = 1e4 * std::exp(-2.);
  double sum = 0, squares = 0;
  for (const float p : rays) sum += p - 2, squares += std::pow(p - 2, 2);
  const double n = static_cast<double>(rays.size()), variance = squares / n - std::pow(sum / n, 2);
  EXPECT_NEAR(variance, (counts + 400) / (counts * counts), 0.05 * variance);  // to first order in 1 / counts
  EXPECT_NEAR(sum / n, (counts + 400) / (2 * counts * counts), 3 * std::sqrt(variance / n));  // Jensen: -ln is convex
}

TEST(PhotonNoise, StarvedRaysStayFinite) {
  std::vector<float> rays(1000, 30.f);
  add_photon_noise(rays.data(), rays.size(), 100, 5, 0);
  for (const float p : rays) {
    EXPECT_TRUE(std::isfinite(p));
    EXPECT_LE(p, std::log(100.) + 1e-5);
  }
}

TEST(PhotonNoise, ARayDoesNotDependOnTheOthers) {
  std::vector<float> many(50, 1.f), few(10, 1.f);
  add_photon_noise(many.data(), many.size(), 1e3, 1, 7);
  add_photon_noise(few.data(), few.size(), 1e3, 1, 7);
  for (std::size_t n = 0; n < few.size(); ++n) EXPECT_EQ(few[n], many[n]);
}

}  // namespace
}  // namespace voxprior
