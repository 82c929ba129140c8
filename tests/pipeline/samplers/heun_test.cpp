#include "pipeline/samplers/heun.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <vector>

#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/starting_noise.h"

namespace voxprior {
namespace {

// For data ~ N(0, s^2) the best denoiser and the ODE have closed forms: x(sigma) is proportional to hypot(s, sigma).
constexpr double kDataStd = 0.5;

torch::Tensor gaussian_denoiser(const torch::Tensor& x, double sigma) {
  return x * (kDataStd * kDataStd / (kDataStd * kDataStd + sigma * sigma));
}

double exact_gain(double from, double to) { return std::hypot(kDataStd, to) / std::hypot(kDataStd, from); }

double error_after(int steps) {
  std::vector<double> sigmas = karras_schedule(steps + 1, 0.01, 10);
  sigmas.pop_back();  // stop at sigma_min: the last step, to 0, is an Euler step by design
  const torch::Tensor x = torch::ones({1, 1, 2, 2, 2}, torch::kDouble);
  return std::abs(sample_heun(gaussian_denoiser, x, sigmas).mean().item<double>() - exact_gain(10, 0.01));
}

TEST(SampleHeun, ErrorFallsFourfoldWhenStepsDouble) {
  EXPECT_NEAR(error_after(64) / error_after(128), 4, 0.2);   // measured within 0.04
  EXPECT_NEAR(error_after(128) / error_after(256), 4, 0.1);  // measured within 0.02
}

TEST(SampleHeun, OneStepIsTheTrapezoidRule) {
  const double from = 2, to = 1, step = to - from;
  const auto slope = [](double x, double sigma) { return x * sigma / (kDataStd * kDataStd + sigma * sigma); };
  const double expected = 1 + step / 2 * (slope(1, from) + slope(1 + step * slope(1, from), to));
  const torch::Tensor x = torch::ones({1, 1, 1, 1, 1}, torch::kDouble);
  EXPECT_NEAR(sample_heun(gaussian_denoiser, x, {from, to}).item<double>(), expected, 1e-15);
}

TEST(SampleHeun, TheStepToZeroIsTheDenoiserItself) {
  const torch::Tensor x = torch::randn({1, 1, 2, 3, 4});
  EXPECT_TRUE(torch::allclose(sample_heun(gaussian_denoiser, x, {0.7, 0}), gaussian_denoiser(x, 0.7), 1e-6, 1e-7));
}

TEST(SampleHeun, SamplesHaveTheVarianceOfTheData) {
  const torch::Tensor noise = starting_noise({3}, {1, 64, 64, 64}, 20);
  const torch::Tensor samples = sample_heun(gaussian_denoiser, noise, karras_schedule(40, 0.005, 20));
  // The start is N(0, 20^2), not N(0, 20^2 + s^2); the standard error of the estimate is 0.14 %; measured 0.3 %.
  EXPECT_NEAR(samples.std().item<double>(), kDataStd, 0.01 * kDataStd);
  EXPECT_NEAR(samples.mean().item<double>(), 0, 0.01 * kDataStd);
}

TEST(SampleHeun, CallsTheDenoiserTwiceAStepButOnceToZero) {
  std::vector<double> levels;
  const Denoiser recording = [&](const torch::Tensor& x, double sigma) {
    levels.push_back(sigma);
    return x * 0;
  };
  sample_heun(recording, torch::ones({1, 1, 1, 1, 1}), {4, 2, 1, 0});
  EXPECT_EQ(levels, (std::vector<double>{4, 2, 2, 1, 1}));
  levels.clear();
  sample_heun(recording, torch::ones({1, 1, 1, 1, 1}), {4, 2, 1});
  EXPECT_EQ(levels, (std::vector<double>{4, 2, 2, 1}));
}

TEST(StartingNoise, IsWhiteAndDiffersBetweenSeeds) {
  const torch::Tensor noise = starting_noise({0, 1}, {1, 48, 48, 48}, 3);
  EXPECT_EQ(noise.sizes().vec(), (std::vector<std::int64_t>{2, 1, 48, 48, 48}));
  EXPECT_NEAR(noise[0].std().item<double>(), 3, 0.03);  // standard error 0.006
  const double correlation = (noise[0] * noise[1]).mean().item<double>() / 9;
  EXPECT_NEAR(correlation, 0, 0.015);  // five standard errors
}

TEST(StartingNoise, RefusesOtherShapesAndNoSeeds) {
  EXPECT_THROW(starting_noise({1}, {4, 4, 4}, 1), c10::Error);
  EXPECT_THROW(starting_noise({}, {1, 4, 4, 4}, 1), c10::Error);
}

}  // namespace
}  // namespace voxprior
