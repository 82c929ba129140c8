#include "pipeline/calibration/ct_counts.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "tests/support/refusal.h"

namespace voxprior {
namespace {

TEST(CtCounts, LineIntegralsInvertTheLawOfBeer) {
  const torch::Tensor p = torch::tensor({0.0f, 0.5f, 4.0f});
  EXPECT_LT((line_integrals(1e5 * (-p).exp(), {1e5, 0}) - p).abs().max().item().toDouble(), 1e-5);
}

TEST(CtCounts, CountsWithoutALogarithmAreTheLeastCount) {
  const torch::Tensor p = line_integrals(torch::tensor({0.0f, -12.0f, 2.0f}), {1000, 3}, 0.5);
  EXPECT_NEAR(p[0].item().toDouble(), std::log(2000), 1e-5);
  EXPECT_NEAR(p[1].item().toDouble(), std::log(2000), 1e-5);
  EXPECT_NEAR(p[2].item().toDouble(), std::log(500), 1e-5);
}

// 1 / w is the variance that counts of that dose have.
TEST(CtCounts, WeightsAreInverseVariances) {
  torch::manual_seed(5);
  const CtDose dose{2e4, 20};
  for (const double p : {0.5, 2.5, 3.5}) {
    const torch::Tensor clean = torch::full({200000}, p);
    const torch::Tensor counts =
        torch::poisson(dose.photons * (-clean).exp()) + dose.electronic_sigma * torch::randn({200000});
    const double variance = line_integrals(counts, dose).var().item().toDouble();
    EXPECT_NEAR(statistical_weights(clean, dose)[0].item().toDouble() * variance, 1, 0.03) << p;
  }
}

TEST(CtCounts, RefusesNonsense) {
  test::refusal(ExitCode::input, [] { line_integrals(torch::tensor({1.0f}), {0, 0}); });
  test::refusal(ExitCode::input, [] { line_integrals(torch::tensor({std::nanf("")}), {100, 0}); });
  test::refusal(ExitCode::input, [] { statistical_weights(torch::tensor({1.0f}), {100, -1}); });
}

}  // namespace
}  // namespace voxprior
