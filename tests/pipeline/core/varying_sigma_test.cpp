#include "pipeline/core/varying_sigma.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

namespace voxprior {
namespace {

/// Returns ln(sigma) everywhere, and counts its calls.
struct LogOfSigma {
  int* calls;
  torch::Tensor operator()(const torch::Tensor& x, double sigma) const {
    ++*calls;
    return torch::full_like(x, std::log(sigma));
  }
};

TEST(SigmaLevels, SpanTheRangeInEqualSteps) {
  const std::vector<double> levels = sigma_levels(0.02, 0.2);
  EXPECT_DOUBLE_EQ(levels.front(), 0.02);
  EXPECT_NEAR(levels.back(), 0.2, 1e-12);
  for (std::size_t n = 0; n + 1 < levels.size(); ++n) {
    EXPECT_LT(levels[n + 1] / levels[n], 1.7 + 1e-9);
    EXPECT_NEAR(levels[n + 1] / levels[n], levels[1] / levels[0], 1e-12);
  }
  EXPECT_EQ(sigma_levels(0.1, 0.1), std::vector<double>{0.1});
}

// What is linear in ln(sigma) is interpolated without error.
TEST(DenoiseVarying, IsLinearInTheLogarithmBetweenLevels) {
  torch::manual_seed(1);
  const torch::Tensor x = torch::randn({1, 1, 4, 5, 6}), sigma = 0.02 * (torch::rand({1, 1, 4, 5, 6}) * 2).exp();
  int calls = 0;
  const torch::Tensor y = denoise_varying(LogOfSigma{&calls}, x, sigma, sigma_levels(0.02, 0.2));
  EXPECT_LT((y - sigma.log()).abs().max().item<double>(), 1e-5);
}

TEST(DenoiseVarying, EvaluatesOnlyTheLevelsItNeeds) {
  const std::vector<double> levels = sigma_levels(0.01, 1);
  const torch::Tensor x = torch::zeros({1, 1, 2, 2, 2});
  int calls = 0;
  denoise_varying(LogOfSigma{&calls}, x, torch::full_like(x, std::sqrt(levels[1] * levels[2])), levels);
  EXPECT_EQ(calls, 2);
  const torch::Tensor beyond = denoise_varying(LogOfSigma{&calls}, x, torch::full_like(x, 5), levels);
  EXPECT_EQ(calls, 3);
  EXPECT_NEAR(beyond.max().item<double>(), 0, 1e-6);  // the greatest level, 1
}

}  // namespace
}  // namespace voxprior
