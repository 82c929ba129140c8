#include "pipeline/noise/stabilise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "pipeline/noise/simulate.h"

namespace voxprior {
namespace {

const RicianStabiliser& stabiliser() {
  static const RicianStabiliser built;
  return built;
}

struct Flat {
  double mean, sd;
};

/// Mean and standard deviation, in units of sigma, of a stabilised flat region of signal nu sigma.
Flat stabilised_flat_region(double nu, double sigma) {
  std::vector<float> x(2000000, static_cast<float>(nu * sigma));
  add_rician_noise(x.data(), x.size(), sigma, 17);
  stabiliser().forward(x.data(), x.size(), sigma);
  double sum = 0, squares = 0;
  for (const double v : x) sum += v / sigma, squares += v / sigma * v / sigma;
  const double n = static_cast<double>(x.size());
  return {sum / n, std::sqrt(squares / n - sum / n * sum / n)};
}

TEST(RicianStabiliser, MeanOfAFlatRegionComesBackUnbiased) {
  for (const double nu : {0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0}) {
    const Flat flat = stabilised_flat_region(nu, 40);
    EXPECT_NEAR(stabiliser().inverse(static_cast<float>(flat.mean)) / nu, 1, 0.005)
        << nu;  // 0.003 at 0.5, then < 0.001
  }
}

TEST(RicianStabiliser, MakesTheStandardDeviationFlat) {
  for (const double nu : {0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 20.0}) {
    const Flat flat = stabilised_flat_region(nu, 0.02);
    EXPECT_GT(flat.sd, 0.975) << nu;  // measured 0.986 to 1.042
    EXPECT_LT(flat.sd, 1.05) << nu;
  }
}

TEST(RicianStabiliser, ForwardRisesAndLeavesBrightVoxelsAlone) {
  for (float z = 0; z < 30; z += 0.01f) EXPECT_LT(stabiliser().forward(z), stabiliser().forward(z + 0.01f)) << z;
  EXPECT_NEAR(stabiliser().forward(200), 200, 0.002);
}

TEST(RicianStabiliser, InverseUndoesTheExpectation) {
  for (double nu = 0.05; nu < 60; nu *= 1.1)
    EXPECT_NEAR(stabiliser().inverse(static_cast<float>(stabiliser().expected(nu))), nu, 5e-4) << nu;  // measured 2e-4
}

TEST(RicianStabiliser, InverseIsZeroBelowTheNoiseFloor) {
  const float floor = static_cast<float>(stabiliser().expected(0));
  EXPECT_EQ(stabiliser().inverse(floor), 0);
  EXPECT_EQ(stabiliser().inverse(floor - 5), 0);
  EXPECT_GT(stabiliser().inverse(floor + 0.01f), 0);
}

TEST(RicianStabiliser, BuffersAreScaledBySigmaWhateverTheThreads) {
  std::vector<float> one(600001), many;
  for (std::size_t i = 0; i < one.size(); ++i) one[i] = static_cast<float>(i % 9000) * 0.1f;
  const std::vector<float> original = one;
  many = one;
  stabiliser().forward(one.data(), one.size(), 25, 1);
  stabiliser().forward(many.data(), many.size(), 25, 3);
  EXPECT_EQ(one, many);
  for (std::size_t i = 0; i < one.size(); i += 997)
    EXPECT_NEAR(one[i], 25 * stabiliser().forward(original[i] / 25), 1e-3);
  stabiliser().inverse(one.data(), one.size(), 25, 1);
  stabiliser().inverse(many.data(), many.size(), 25, 3);
  EXPECT_EQ(one, many);
}

}  // namespace
}  // namespace voxprior
