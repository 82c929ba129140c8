#include "models/gan/losses.h"

#include <gmock/gmock.h>
#include <torch/autograd.h>

#include <cmath>

namespace voxprior {
namespace {

double softplus(double x) { return std::log1p(std::exp(x)); }

// A critic whose gradient is known: w . x.
struct Linear {
  torch::Tensor w;
  torch::Tensor operator()(const torch::Tensor& x) const { return (x * w).flatten(1).sum(1, true); }
};

torch::Tensor samples() {
  torch::manual_seed(3);
  return torch::randn({4, 1, 2, 3, 5}).requires_grad_(true);
}

TEST(GanLosses, RelativisticLossIsTheMeanSoftplusOfWhatTheFakeIsAhead) {
  const torch::Tensor real = torch::tensor({{2.f}, {-1.f}, {0.f}}), fake = torch::tensor({{0.5f}, {3.f}, {0.f}});
  const double expected = (softplus(-1.5) + softplus(4) + std::log(2.)) / 3;
  EXPECT_NEAR(relativistic_loss(real, fake).item<double>(), expected, 1e-6);
  EXPECT_NEAR(relativistic_loss(real + 7, fake + 7).item<double>(), expected, 1e-6);  // pairs alone count
}

TEST(GanLosses, GradientOfALinearCriticIsItsWeightsAtEverySample) {
  const torch::Tensor x = samples(), w = torch::randn({1, 2, 3, 5});
  const torch::Tensor gradient = score_gradient(Linear{w}(x), x);
  EXPECT_TRUE(torch::allclose(gradient, w.expand_as(x)));
  const double norm2 = w.square().sum().item<double>();
  EXPECT_NEAR(zero_centred_penalty(gradient).item<double>(), norm2 / 2, 1e-5 * norm2);
  EXPECT_NEAR(one_centred_penalty(gradient).item<double>(), std::pow(std::sqrt(norm2) - 1, 2), 1e-4 * norm2);
}

TEST(GanLosses, PenaltiesHaveTheirKnownGradientsTowardsTheWeightsOfALinearCritic) {
  const torch::Tensor x = samples(), w = torch::randn({1, 2, 3, 5}).requires_grad_(true);
  zero_centred_penalty(score_gradient(Linear{w}(x), x)).backward();
  EXPECT_TRUE(torch::allclose(w.grad(), w.detach(), 1e-5, 1e-6));  // d/dw |w|^2 / 2

  w.mutable_grad() = torch::Tensor();
  one_centred_penalty(score_gradient(Linear{w}(x), x)).backward();
  const torch::Tensor norm = w.detach().norm();
  EXPECT_TRUE(torch::allclose(w.grad(), 2 * (norm - 1) / norm * w.detach(), 1e-4, 1e-5));
}

TEST(GanLosses, PointsBetweenSamplesLieOnTheLineAndCarryNoGradient) {
  const torch::Tensor a = samples(), b = torch::ones({4, 1, 2, 3, 5});
  const torch::Tensor share = torch::tensor({0.f, 1.f, 0.25f, 0.5f});
  const torch::Tensor x = between_samples(a, b, share);
  EXPECT_FALSE(x.requires_grad());
  EXPECT_TRUE(torch::equal(x[0], b[0]));
  EXPECT_TRUE(torch::equal(x[1], a[1]));
  EXPECT_TRUE(torch::allclose(x[2], 0.25 * a[2] + 0.75 * b[2]));
}

}  // namespace
}  // namespace voxprior
