#include "pipeline/likelihood/monotone_schedule.h"

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/optim/adam.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "base/error.h"
#include "pipeline/samplers/schedule.h"

namespace voxprior {
namespace {

/// Parameters far from where they start.
void shake(const MonotoneSchedule& schedule, std::uint64_t seed) {
  torch::manual_seed(static_cast<std::int64_t>(seed));
  const torch::NoGradGuard no_grad;
  for (torch::Tensor parameter : schedule.parameters()) parameter.add_(3 * torch::randn_like(parameter));
}

TEST(MonotoneSchedule, StartsAsLogUniform) {
  const std::vector<double> learned = MonotoneSchedule(0.01, 50).levels(12), even = log_uniform_schedule(12, 0.01, 50);
  ASSERT_EQ(learned.size(), even.size());
  for (std::size_t i = 0; i + 1 < even.size(); ++i) EXPECT_NEAR(learned[i] / even[i], 1, 0.02);
  EXPECT_EQ(learned.back(), 0);
}

TEST(MonotoneSchedule, RisesBetweenFixedEndsWhateverItsParameters) {
  for (const std::uint64_t seed : {0u, 1u, 2u, 3u}) {
    const MonotoneSchedule schedule(0.01, 50);
    shake(schedule, seed);
    const torch::Tensor t = torch::linspace(0, 1, 1001, torch::kDouble).requires_grad_();
    const torch::Tensor log_sigma = schedule.log_sigma(t);
    EXPECT_NEAR(log_sigma[0].item<double>(), std::log(0.01), 1e-12);
    EXPECT_NEAR(log_sigma[1000].item<double>(), std::log(50), 1e-12);
    EXPECT_GT(torch::autograd::grad({log_sigma.sum()}, {t})[0].min().item<double>(), 0);
    const std::vector<double> levels = schedule.levels(20);
    for (std::size_t i = 0; i + 1 < levels.size(); ++i) EXPECT_GT(levels[i], levels[i + 1]);
  }
}

TEST(MonotoneSchedule, GradientInTimeIsItsSlope) {
  const MonotoneSchedule schedule(0.01, 50);
  shake(schedule, 5);
  const torch::Tensor t = torch::tensor({0.2, 0.55, 0.9}, torch::kDouble).requires_grad_();
  const torch::Tensor slope = torch::autograd::grad({schedule.log_sigma(t).sum()}, {t})[0];
  const torch::NoGradGuard no_grad;
  const double h = 1e-6;
  const torch::Tensor difference = (schedule.log_sigma(t + h) - schedule.log_sigma(t - h)) / (2 * h);
  EXPECT_TRUE(torch::allclose(slope, difference, 1e-6, 1e-6));
}

/// The diffusion part of the bound for data N(0, 0.5^2) and the steps of a schedule, in nats per voxel, in closed form:
/// the sum of 1/2 (1/to^2 - 1/from^2) e(from), e = v from^2 / (v + from^2).
torch::Tensor bound_of_gaussian_data(const torch::Tensor& log_sigmas) {
  const torch::Tensor variances = (2 * log_sigmas).exp(), to = variances.slice(0, 0, -1), from = variances.slice(0, 1);
  return (0.5 * (1 / to - 1 / from) * 0.25 * from / (0.25 + from)).sum();
}

TEST(MonotoneSchedule, LearnsABetterBoundForFewSteps) {
  const MonotoneSchedule schedule(0.05, 20);
  const torch::Tensor t = torch::linspace(0, 1, 9, torch::kDouble);
  const double before = bound_of_gaussian_data(schedule.log_sigma(t)).item<double>();
  const double limit = 0.5 * std::log((1 + 0.25 / 0.0025) / (1 + 0.25 / 400));  // infinitely many steps
  torch::optim::Adam optimiser(schedule.parameters(), torch::optim::AdamOptions(0.05));
  for (int i = 0; i < 150; ++i) {
    optimiser.zero_grad();
    bound_of_gaussian_data(schedule.log_sigma(t)).backward();
    optimiser.step();
  }
  const double after = bound_of_gaussian_data(schedule.log_sigma(t)).item<double>();
  EXPECT_GT(before, limit);
  EXPECT_LT(after - limit, 0.9 * (before - limit));
  EXPECT_GT(after, limit);
}

TEST(MonotoneSchedule, DensityIsThatOfItsLevelsAndFollowsTheParameters) {
  const MonotoneSchedule schedule(0.01, 50);
  shake(schedule, 4);
  const torch::Tensor t = torch::tensor({0.1, 0.45, 0.8}, torch::kDouble);
  const torch::Tensor at = schedule.log_sigma(t).detach();
  const torch::Tensor slope = (schedule.log_sigma(t + 1e-6) - schedule.log_sigma(t - 1e-6)).detach() / 2e-6;
  EXPECT_TRUE(torch::allclose(schedule.log_density(at), -slope.log(), 1e-5, 1e-5));

  // The gradient at fixed ln sigma, against differences of one parameter after the other.
  for (torch::Tensor parameter : schedule.parameters()) {
    const torch::Tensor gradient = torch::autograd::grad({schedule.log_density(at).sum()}, {parameter})[0];
    const torch::NoGradGuard no_grad;
    for (const std::int64_t i : {std::int64_t{0}, parameter.numel() / 2}) {
      const double before = parameter[i].item<double>(), h = 1e-4;
      const auto moved = [&](double by) {
        parameter[i] = before + by;
        return schedule.log_density(at).sum().item<double>();
      };
      const double difference = (moved(h) - moved(-h)) / (2 * h);
      parameter[i] = before;
      EXPECT_NEAR(gradient[i].item<double>(), difference, 1e-4 + 1e-3 * std::abs(difference));
    }
  }
}

TEST(MonotoneSchedule, RefusesImpossibleSettings) {
  EXPECT_THROW(MonotoneSchedule(0, 1), Error);
  EXPECT_THROW(MonotoneSchedule(1, 1), Error);
  EXPECT_THROW(MonotoneSchedule(0.1, 1, 0), Error);
  EXPECT_THROW(MonotoneSchedule(0.1, 1).levels(0), Error);
}

}  // namespace
}  // namespace voxprior
