#include "pipeline/core/guided.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "pipeline/samplers/dpm_solver_2m.h"
#include "pipeline/samplers/heun.h"
#include "pipeline/samplers/schedule.h"
#include "tests/pipeline/samplers/closed_forms.h"

// Two classes of voxels, each Gaussian: the guided denoiser and its samples have closed forms.

namespace voxprior {
namespace {

constexpr double kSigmaMax = 60;

test::GaussianData gaussian(double mean, double std) {
  const auto value = [](double v) { return torch::full({1, 1, 1, 1, 1}, v, torch::kDouble); };
  return {value(mean), value(std)};
}

torch::Tensor starting_points() { return torch::linspace(-2, 2, 8, torch::kDouble).view({1, 1, 2, 2, 2}) * kSigmaMax; }

TEST(Guided, AWeightOfOneIsTheConditionalDenoiserAndAsksTheOtherNothing) {
  const Denoiser never = [](const torch::Tensor&, double) -> torch::Tensor { throw std::logic_error("was asked"); };
  const torch::Tensor x = starting_points();
  const Denoiser conditional = gaussian(2, 0.5).denoiser();
  EXPECT_TRUE(guided(conditional, never, 1)(x, 0.7).equal(conditional(x, 0.7)));
}

TEST(Guided, OfGaussiansOfOneVarianceItIsTheDenoiserOfTheMeanFurtherOn) {
  const double class_mean = 2, mean_of_all = 0.5, std = 0.4;
  const torch::Tensor x = starting_points();
  for (const double weight : {0., 0.3, 2., 5.}) {
    const Denoiser d = guided(gaussian(class_mean, std).denoiser(), gaussian(mean_of_all, std).denoiser(), weight);
    const test::GaussianData further = gaussian(mean_of_all + weight * (class_mean - mean_of_all), std);
    EXPECT_TRUE(d(x, 1.3).allclose(further.denoiser()(x, 1.3))) << weight;

    const torch::Tensor samples = sample_heun(d, x, log_uniform_schedule(200, 0.001, kSigmaMax));
    EXPECT_LT((samples - further.ode_solution(x, kSigmaMax, 0)).abs().max().item<double>(), 0.004) << weight;
  }
}

// With D_c = a_c x and D_u = a_u x, a = s^2 / (s^2 + sigma^2), the ODE is d ln x / d ln sigma = 1 - a_u - w (a_c -
// a_u). Its solution from sigma to 0 is x (s_u / |s_u, sigma|)^(1-w) (s_c / |s_c, sigma|)^w.
TEST(Guided, OfGaussiansOfOneMeanItNarrowsTheSpreadByAKnownPower) {
  const double class_std = 0.3, std_of_all = 1.2, weight = 2;
  const Denoiser d = guided(gaussian(0, class_std).denoiser(), gaussian(0, std_of_all).denoiser(), weight);
  const torch::Tensor x = starting_points();
  const auto shrinking = [](double std) { return std / std::hypot(std, kSigmaMax); };
  const torch::Tensor exact = x * std::pow(shrinking(std_of_all), 1 - weight) * std::pow(shrinking(class_std), weight);

  const std::vector<double> sigmas = log_uniform_schedule(400, 0.001, kSigmaMax);
  const torch::Tensor heun = sample_heun(d, x, sigmas), multistep = sample_dpm_solver_2m(d, x, sigmas);
  EXPECT_LT(((heun - exact) / exact).abs().max().item<double>(), 1e-3);
  EXPECT_LT(((multistep - exact) / exact).abs().max().item<double>(), 1e-3);
}

}  // namespace
}  // namespace voxprior
