#include "pipeline/samplers/consistency.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "tests/pipeline/samplers/closed_forms.h"

namespace voxprior {
namespace {

constexpr double kSigmaMin = 0.02, kSigmaMax = 20;

/// The exact consistency function of Gaussian data: the solution of the ODE down to kSigmaMin.
Denoiser exact(const test::GaussianData& data) {
  return [data](const torch::Tensor& x, double sigma) { return data.ode_solution(x, sigma, kSigmaMin); };
}

test::GaussianData gaussian() { return {torch::full({1}, 0.25), torch::full({1}, 0.5)}; }

TEST(SampleConsistency, OneStepIsTheFunctionItself) {
  const torch::Tensor x = starting_noise({3}, {1, 4, 5, 6}, kSigmaMax);
  const torch::Tensor made = sample_consistency(exact(gaussian()), x, consistency_levels(1, kSigmaMin, kSigmaMax),
                                                step_noise({3}), {}, kSigmaMin);
  EXPECT_TRUE(torch::allclose(made, gaussian().ode_solution(x, kSigmaMax, kSigmaMin)));
}

TEST(SampleConsistency, EveryNumberOfStepsKeepsTheDistributionOfAnExactFunction) {
  const torch::Tensor start = 0.25 + starting_noise({7}, {1, 32, 32, 32}, std::hypot(0.5, kSigmaMax));
  for (const int steps : {1, 2, 4}) {
    int calls = 0;
    const Denoiser counted = [&](const torch::Tensor& x, double sigma) {
      ++calls;
      return exact(gaussian())(x, sigma);
    };
    const torch::Tensor made = sample_consistency(counted, start, consistency_levels(steps, kSigmaMin, kSigmaMax),
                                                  step_noise({7}), {}, kSigmaMin);
    EXPECT_EQ(calls, steps);
    EXPECT_NEAR(made.mean().item<double>(), 0.25, 0.015) << steps;  // standard error 0.003
    EXPECT_NEAR(made.std().item<double>() / std::hypot(0.5, kSigmaMin), 1, 0.015) << steps;
  }
}

TEST(SampleConsistency, FurtherStepsMendAFunctionThatIsWrongFarOut) {
  // Off by 0.3 above sigma 5, exact below: the second step starts below.
  const Denoiser biased = [](const torch::Tensor& x, double sigma) {
    return exact(gaussian())(x, sigma) + (sigma > 5 ? 0.3 : 0.);
  };
  const torch::Tensor start = 0.25 + starting_noise({7}, {1, 32, 32, 32}, std::hypot(0.5, kSigmaMax));
  const auto mean = [&](int steps) {
    return sample_consistency(biased, start, consistency_levels(steps, kSigmaMin, kSigmaMax), step_noise({7}), {},
                              kSigmaMin)
        .mean()
        .item<double>();
  };
  EXPECT_NEAR(mean(1), 0.55, 0.015);
  const double second = consistency_levels(2, kSigmaMin, kSigmaMax)[1];
  EXPECT_NEAR(mean(2), 0.25 + 0.3 * 0.5 / std::hypot(0.5, second), 0.015);  // what the noise does not hide
}

TEST(ConsistencyLevels, BeginAtTheTopEndAtZeroAndLeaveOutSigmaMin) {
  EXPECT_EQ(consistency_levels(1, kSigmaMin, kSigmaMax), (std::vector<double>{kSigmaMax, 0}));
  const std::vector<double> four = consistency_levels(4, kSigmaMin, kSigmaMax);
  ASSERT_EQ(four.size(), 5u);
  EXPECT_EQ(four.front(), kSigmaMax);
  EXPECT_EQ(four.back(), 0);
  EXPECT_GT(four[3], 2 * kSigmaMin);
  EXPECT_THROW(consistency_levels(0, kSigmaMin, kSigmaMax), Error);
}

}  // namespace
}  // namespace voxprior
