#include "models/training/optimiser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "base/error.h"
#include "models/training/schedule.h"

namespace voxprior {
namespace {

torch::Tensor with_gradient(torch::Tensor value, const torch::Tensor& gradient) {
  value.set_requires_grad(true);
  value.mutable_grad() = gradient.clone();
  return value;
}

class Orthogonalise : public testing::TestWithParam<torch::ScalarType> {};
INSTANTIATE_TEST_SUITE_P(Precision, Orthogonalise, testing::Values(torch::kFloat32, torch::kBFloat16),
                         [](const auto& precision) { return std::string(c10::toString(precision.param)); });

TEST_P(Orthogonalise, BringsSingularValuesNearOneAndKeepsTheDirections) {
  torch::manual_seed(0);
  for (const auto& shape : {std::vector<std::int64_t>{24, 80}, std::vector<std::int64_t>{80, 24}}) {
    const torch::Tensor matrix = torch::randn(shape);
    const torch::Tensor result = orthogonalise(matrix, GetParam());
    EXPECT_EQ(result.scalar_type(), torch::kFloat32);
    const auto [u, s, v] = torch::svd(result);
    EXPECT_GT(s.min().item<double>(), 0.6);
    EXPECT_LT(s.max().item<double>(), 1.3);
    const auto [mu, ms, mv] = torch::svd(matrix);
    const torch::Tensor exact = mu.mm(mv.t());  // the nearest matrix with orthonormal rows or columns
    EXPECT_GT(((result * exact).sum() / (result.norm() * exact.norm())).item<double>(), 0.97);
  }
}

TEST(Optimiser, FirstAdamStepHasTheSizeOfTheLearningRate) {
  const torch::Tensor value = with_gradient(torch::zeros({3}), torch::tensor({5.f, -0.01f, 2.f}));
  Optimiser optimiser({{"bias", value}});
  optimiser.step(0.1, 1e9);
  EXPECT_TRUE(torch::allclose(value.detach(), torch::tensor({-0.1f, 0.1f, -0.1f}), 1e-4, 1e-5));
}

TEST(Optimiser, MuonUpdateHasTheRootMeanSquareThatItPromises) {
  torch::manual_seed(1);
  const torch::Tensor value = with_gradient(torch::zeros({32, 16, 3, 3, 3}), torch::randn({32, 16, 3, 3, 3}));
  Optimiser optimiser({{"kernel", value}});
  optimiser.step(1, 1e9);
  // An orthonormal [32, 432] matrix has rms 1/sqrt(432); times 0.2 sqrt(432) that is 0.2.
  const double rms = value.detach().square().mean().sqrt().item<double>();
  EXPECT_NEAR(rms, 0.2, 0.04);
}

TEST(Optimiser, ClipsByTheGlobalNormAndReportsItUnclipped) {
  const torch::Tensor value = with_gradient(torch::zeros({2}), torch::tensor({30.f, 40.f}));
  Optimiser optimiser({{"bias", value}});
  EXPECT_NEAR(optimiser.step(0.1, 5), 50, 1e-4);
  EXPECT_NEAR(optimiser.state().at("first.bias").norm().item<double>(), 0.1 * 5, 1e-5);
  EXPECT_EQ(value.grad().abs().sum().item<double>(), 0);  // cleared for the next step
}

TEST(Optimiser, GoesOnFromASavedStateAsIfNothingHadHappened) {
  torch::manual_seed(2);
  const torch::Tensor gradients = torch::randn({6, 16, 16, 3, 3, 3});
  const auto run = [&](Optimiser& optimiser, torch::Tensor value, int from, int to) {
    for (int i = from; i < to; ++i) {
      value.mutable_grad() = gradients[i].clone();
      optimiser.step(1e-2, 1);
    }
  };
  const torch::Tensor straight = torch::zeros({16, 16, 3, 3, 3}).set_requires_grad(true);
  Optimiser one({{"w", straight}});
  run(one, straight, 0, 6);

  const torch::Tensor first_half = torch::zeros({16, 16, 3, 3, 3}).set_requires_grad(true);
  Optimiser before({{"w", first_half}});
  run(before, first_half, 0, 3);
  const torch::Tensor second_half = first_half.detach().clone().set_requires_grad(true);
  Optimiser after({{"w", second_half}});
  after.load_state(before.state());
  run(after, second_half, 3, 6);
  EXPECT_TRUE(torch::equal(straight, second_half));
}

TEST(Optimiser, RefusesTheStateOfAnotherNetwork) {
  Optimiser small({{"w", torch::zeros({4})}}), large({{"w", torch::zeros({5})}});
  EXPECT_THROW(large.load_state(small.state()), Error);
  EXPECT_THROW(large.load_state({}), Error);
}

TEST(Optimiser, DoesNothingWithAGradientThatIsNotFiniteButSaySo) {
  const torch::Tensor value = with_gradient(torch::zeros({1}), torch::full({1}, NAN));
  Optimiser optimiser({{"w", value}});
  EXPECT_FALSE(std::isfinite(optimiser.step(0.1, 1)));
  EXPECT_EQ(value.item<float>(), 0);
}

TEST(Optimiser, WithoutMuonAKernelIsUpdatedByAdamAndBetaZeroHasNoMemoryOfTheGradient) {
  const torch::Tensor value = with_gradient(torch::zeros({16, 16, 3, 3, 3}), torch::full({16, 16, 3, 3, 3}, 2.f));
  Optimiser optimiser({{"w", value}}, {false, 0, 0.99});
  optimiser.step(0.1, 1e9);
  EXPECT_TRUE(torch::allclose(value.detach(), torch::full_like(value, -0.1), 1e-4, 1e-5));
  optimiser.step(0.1, 1e9);  // the gradient was cleared: nothing pulls any more
  EXPECT_TRUE(torch::allclose(value.detach(), torch::full_like(value, -0.1), 1e-4, 1e-5));
}

TEST(Schedule, RisesHoldsAndFallsToZero) {
  EXPECT_DOUBLE_EQ(learning_rate_at(0, 1000, 1, 100, 0.3), 0.01);
  EXPECT_DOUBLE_EQ(learning_rate_at(99, 1000, 1, 100, 0.3), 1);
  EXPECT_DOUBLE_EQ(learning_rate_at(700, 1000, 1, 100, 0.3), 1);
  EXPECT_DOUBLE_EQ(learning_rate_at(850, 1000, 1, 100, 0.3), 0.5);
  EXPECT_NEAR(learning_rate_at(999, 1000, 1, 100, 0.3), 1 / 300., 1e-12);
}

TEST(Schedule, SnapshotsAreAtEqualSharesOfTheSteps) {
  const auto snapshots = [](std::int64_t steps, std::int64_t count) {
    std::vector<std::int64_t> at;
    for (std::int64_t step = 1; step <= steps; ++step)
      if (is_snapshot(step, steps, count)) at.push_back(step);
    return at;
  };
  EXPECT_EQ(snapshots(1000, 4), (std::vector<std::int64_t>{250, 500, 750, 1000}));
  EXPECT_EQ(snapshots(10, 4), (std::vector<std::int64_t>{3, 5, 8, 10}));
  EXPECT_EQ(snapshots(2, 4), (std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(snapshots(10, 0).empty());
}

TEST(Schedule, DoesNotDependOnTheLengthBeforeTheCoolDown) {
  for (std::int64_t step = 0; step < 700; ++step)
    EXPECT_EQ(learning_rate_at(step, 1000, 1, 100, 0.3), learning_rate_at(step, 5000, 1, 100, 0.3));
}

}  // namespace
}  // namespace voxprior
