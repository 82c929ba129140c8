#include "pipeline/samplers/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <vector>

#include "base/error.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "tests/pipeline/samplers/closed_forms.h"

// What every sampler on the list owes its callers, whatever its algorithm.

namespace voxprior {

void PrintTo(const NamedSampler& sampler, std::ostream* out) { *out << sampler.name; }

namespace {

const std::vector<std::int64_t> kShape{2, 3, 4, 5};

class EverySampler : public testing::TestWithParam<NamedSampler> {
 protected:
  torch::Tensor sample(const std::vector<std::uint64_t>& seeds, const std::vector<double>& sigmas) const {
    return GetParam().sample(denoise, starting_noise(seeds, kShape, sigmas[0]), sigmas, step_noise(seeds), {});
  }
  const Denoiser denoise = test::TwoPeaks().denoiser();
};

TEST_P(EverySampler, ASampleDependsOnItsSeedAlone) {
  const std::vector<double> sigmas = schedule_by_name("karras", 9, 0.02, 10);
  const torch::Tensor batch = sample({5, 0, 9}, sigmas);
  EXPECT_TRUE(torch::equal(batch.narrow(0, 1, 1), sample({0}, sigmas)));
  EXPECT_TRUE(torch::equal(batch.narrow(0, 2, 1), sample({9}, sigmas)));
  EXPECT_FALSE(torch::equal(batch.narrow(0, 0, 1), sample({0}, sigmas)));
  const int threads = torch::get_num_threads();
  torch::set_num_threads(threads == 1 ? 2 : 1);
  EXPECT_TRUE(torch::equal(batch, sample({5, 0, 9}, sigmas)));
  torch::set_num_threads(threads);
}

TEST_P(EverySampler, StaysFiniteInTheShapeItCameWithHoweverFewTheSteps) {
  for (const std::string& schedule : schedule_names())
    for (const int steps : {1, 2, 3, 5}) {
      const torch::Tensor x = sample({1, 2}, schedule_by_name(schedule, steps, 0.02, 20));
      ASSERT_EQ(x.sizes().vec(), (std::vector<std::int64_t>{2, 2, 3, 4, 5}));
      ASSERT_EQ(x.scalar_type(), torch::kFloat32);
      ASSERT_TRUE(torch::isfinite(x).all().item<bool>()) << schedule << " " << steps;
      // Heun's last steps are unstable when they are this few; nothing leaves the range of the noise.
      EXPECT_LT(x.abs().max().item<double>(), 60) << schedule << " " << steps;
    }
}

TEST_P(EverySampler, FindsThePeaksInSixtySteps) {
  for (const std::string& schedule : schedule_names()) {
    const torch::Tensor x = sample({1, 2}, schedule_by_name(schedule, 60, 0.02, 20));
    EXPECT_NEAR(x.abs().mean().item<double>(), 1, 0.1) << schedule;  // standard error 0.03
  }
}

TEST_P(EverySampler, OneStepToZeroIsTheDenoiser) {
  if (GetParam().name == "heun-churn") return;  // it adds noise before its step
  const torch::Tensor x = starting_noise({4}, kShape, 2);
  const torch::Tensor y = GetParam().sample(denoise, x, {2, 0}, step_noise({4}), {});
  EXPECT_TRUE(torch::allclose(y, denoise(x, 2), 1e-5, 1e-6));
}

TEST_P(EverySampler, IsExactForASinglePointOfData) {
  // D = c for every x: then x' = c + (sigma'/sigma)(x - c) and the end is c, however few the steps.
  const Denoiser constant = [](const torch::Tensor& x, double) { return torch::full_like(x, 0.7); };
  const torch::Tensor x = starting_noise({4}, kShape, 8);
  const torch::Tensor y = GetParam().sample(constant, x, {8, 3, 1, 0.2, 0}, step_noise({4}), {});
  EXPECT_TRUE(torch::allclose(y, torch::full_like(y, 0.7), 1e-5, 1e-5));
  if (GetParam().draws_noise) return;
  const torch::Tensor middle = GetParam().sample(constant, x, {8, 3, 1, 0.2}, step_noise({4}), {});
  EXPECT_TRUE(torch::allclose(middle, 0.7 + 0.2 / 8 * (x - 0.7), 1e-5, 1e-5));
}

TEST_P(EverySampler, EvaluatesTheDenoiserAsOftenAsItSays) {
  int calls = 0;
  double highest = 0;
  const Denoiser counting = [&](const torch::Tensor& x, double sigma) {
    ++calls;
    highest = std::max(highest, sigma);
    return denoise(x, sigma);
  };
  for (const std::vector<double>& sigmas : {std::vector<double>{4, 2, 1, 0.5, 0}, {4, 2, 1, 0.5}, {4, 0}, {4, 2}}) {
    calls = 0;
    GetParam().sample(counting, starting_noise({1}, kShape, 4), sigmas, step_noise({1}), {});
    EXPECT_EQ(calls, evaluations(GetParam(), sigmas));
  }
  EXPECT_LE(highest, 4 * GetParam().sigma_max_factor * (1 + 1e-12));
}

TEST_P(EverySampler, LeavesItsInputAloneAndKeepsNoGradient) {
  const torch::Tensor x = starting_noise({1}, kShape, 4).requires_grad_(), before = x.detach().clone();
  const torch::Tensor y = GetParam().sample(denoise, x, {4, 2, 1, 0}, step_noise({1}), {});
  EXPECT_TRUE(torch::equal(x.detach(), before));
  EXPECT_FALSE(y.requires_grad());
}

TEST_P(EverySampler, ProgressRisesToOneAndMayInterrupt) {
  std::vector<double> seen;
  const torch::Tensor x = starting_noise({1}, kShape, 4);
  GetParam().sample(denoise, x, {4, 2, 1, 0.5, 0}, step_noise({1}), [&](double fraction) { seen.push_back(fraction); });
  EXPECT_EQ(seen, (std::vector<double>{0.25, 0.5, 0.75, 1}));
  const Progress interrupt = [](double) { throw std::runtime_error("stop"); };
  EXPECT_THROW(GetParam().sample(denoise, x, {2, 1, 0}, step_noise({1}), interrupt), std::runtime_error);
}

TEST_P(EverySampler, RefusesNoiseLevelsThatDoNotFall) {
  const torch::Tensor x = starting_noise({1}, kShape, 4);
  const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& sigmas :
       {std::vector<double>{1}, {1, 1}, {1, 2}, {2, 1, -1}, {}, {nan, 1, 0}, {2, nan, 0}, {infinity, 1, 0}})
    EXPECT_THROW(GetParam().sample(denoise, x, sigmas, step_noise({1}), {}), c10::Error);
}

INSTANTIATE_TEST_SUITE_P(Registry, EverySampler, testing::ValuesIn(named_samplers()), [](const auto& info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

/// Root mean square distance from the exact solution of the ODE, from sigma_max through 0.01 to 0.
double error_on_two_peaks(const std::string& name, const std::string& schedule, int evaluations, double sigma_max) {
  const test::TwoPeaks data;
  const NamedSampler& sampler = sampler_by_name(name);
  const int steps = (evaluations + sampler.evaluations_per_step - 1) / sampler.evaluations_per_step;
  const torch::Tensor start = starting_noise({3}, {1, 1, 20, 20}, sigma_max).to(torch::kDouble);
  torch::Tensor exact = torch::empty_like(start);
  for (std::int64_t i = 0; i < start.numel(); ++i)
    exact.view(-1)[i] = data.ode_solution(start.view(-1)[i].item<double>(), sigma_max, 1e-6);
  const std::vector<double> sigmas = schedule_by_name(schedule, steps, 0.01, sigma_max);
  return (sampler.sample(data.denoiser(), start, sigmas, {}, {}) - exact).square().mean().sqrt().item<double>();
}

TEST(SamplerTable, HoldsWhatTheDocumentationSays) {
  // Rows and columns of the table in docs/samplers.md, from sigma 80.
  const auto expect = [](const char* name, const char* schedule, int evaluations, double documented) {
    EXPECT_NEAR(error_on_two_peaks(name, schedule, evaluations, 80), documented, 0.0006) << name << " " << evaluations;
  };
  expect("euler", "log-uniform", 10, 0.158);
  expect("euler", "log-uniform", 100, 0.015);
  expect("heun", "log-uniform", 20, 0.113);
  expect("dpmpp-2m", "log-uniform", 10, 0.072);
  expect("dpmpp-2m", "karras", 20, 0.029);
  expect("dpmpp-2m", "cosine", 8, 0.065);
  expect("dpmpp-3m", "log-uniform", 10, 0.022);
  expect("unipc-2", "log-uniform", 15, 0.018);
  expect("unipc-2", "cosine", 5, 0.105);
  expect("unipc-2", "linear", 20, 0.046);
  expect("unipc-3", "log-uniform", 15, 0.014);
}

TEST(MultistepSamplers, DoNotExtrapolateOverStepsThatGrowFast) {
  // The cosine schedule ends in a step in ln sigma four times as long as the one before. Extrapolating over it gave
  // errors of 0.10, 1.14, 0.11 and 1.19; now 0.050, 0.063, 0.051 and 0.059.
  for (const char* name : {"dpmpp-2m", "dpmpp-3m", "unipc-2", "unipc-3"})
    EXPECT_LT(error_on_two_peaks(name, "cosine", 10, 20), 0.07) << name;
}

TEST(SamplerRegistry, FindsByNameAndListsNamesForAnUnknownOne) {
  for (const NamedSampler& sampler : named_samplers()) EXPECT_EQ(sampler_by_name(sampler.name).name, sampler.name);
  try {
    sampler_by_name("plms");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(), testing::HasSubstr("\"plms\"; there are dpmpp-2m, dpmpp-3m"));
  }
}

TEST(SamplerRegistry, KnowsWhichSamplersDrawNoise) {
  for (const NamedSampler& sampler : named_samplers()) {
    bool drawn = false;
    const StepNoise recording = [&](const torch::Tensor& like, std::uint64_t index) {
      drawn = true;
      return step_noise({1})(like, index);
    };
    sampler.sample(test::TwoPeaks().denoiser(), starting_noise({1}, kShape, 4), {4, 2, 1, 0}, recording, {});
    EXPECT_EQ(drawn, sampler.draws_noise) << sampler.name;
  }
}

TEST(ScheduleRegistry, ListsNamesForAnUnknownOne) {
  EXPECT_THAT(schedule_names(), testing::ElementsAre("karras", "log-uniform", "cosine", "linear"));
  try {
    schedule_by_name("sigmoid", 10, 0.01, 1);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(), testing::HasSubstr("\"sigmoid\"; there are karras, log-uniform, cosine, linear"));
  }
}

}  // namespace
}  // namespace voxprior
