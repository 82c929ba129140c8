#include "pipeline/samplers/starting_point.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <numeric>
#include <vector>

#include "pipeline/samplers/starting_noise.h"

namespace voxprior {
namespace {

const std::vector<std::int64_t> kShape{1, 8, 8, 8};
constexpr double kSigmaMax = 8;

// Even volumes, half of them dark and half bright. The norm of their mean is 0.5 sqrt(512) = 11.3: white noise of std 8
// is 1.4 standard deviations from what noised volumes look like.
constexpr double kDark = 0.45, kBright = 0.55;

torch::Tensor dark_or_bright(const torch::Tensor& x, double sigma) {
  const torch::Tensor sum = x.sum({1, 2, 3, 4}, true).to(torch::kFloat64);
  const double voxels = static_cast<double>(x[0].numel());
  const auto log_likelihood = [&](double level) {
    return (level * sum - 0.5 * level * level * voxels) / (sigma * sigma);
  };
  const torch::Tensor bright = torch::sigmoid(log_likelihood(kBright) - log_likelihood(kDark));
  return (kDark + (kBright - kDark) * bright).to(torch::kFloat32).expand_as(x);
}

double share_of_bright_ones(const Sampler& sampler) {
  std::vector<std::uint64_t> seeds(400);
  std::iota(seeds.begin(), seeds.end(), 0);
  const torch::Tensor noise = starting_noise(seeds, kShape, kSigmaMax);
  const torch::Tensor x = sampler(dark_or_bright, noise, schedule_by_name("karras", 40, 0.01, kSigmaMax), {}, {});
  return (x.mean({1, 2, 3, 4}) > 0.5).to(torch::kFloat64).mean().item<double>();
}

TEST(StartingPoint, KindsOfVolumesAreDrawnAsOftenAsTheyAre) {
  const NamedSampler& heun = sampler_by_name("heun");
  EXPECT_NEAR(share_of_bright_ones(begun_at_mean(heun).sample), 0.5, 0.1);  // 0.5 +- 0.025
  EXPECT_LT(share_of_bright_ones(heun.sample), 0.2);                        // as noise alone would have it
}

TEST(StartingPoint, OfGaussianVolumesItMissesTheirMeanByTheirShareOfTheVariance) {
  constexpr double mean = 3, std = 2, gain = std * std / (std * std + kSigmaMax * kSigmaMax);
  const Denoiser denoise = [&](const torch::Tensor& x, double) { return mean + gain * (x - mean); };
  const torch::Tensor noise = starting_noise({1}, kShape, kSigmaMax);
  const torch::Tensor expected = (1 - gain) * mean + (1 + gain) * noise;
  EXPECT_TRUE(torch::allclose(starting_point(denoise, noise, kSigmaMax), expected));
}

TEST(StartingPoint, IsOneEvaluationMore) {
  int asked = 0;
  const Denoiser denoise = [&](const torch::Tensor& x, double) {
    ++asked;
    return torch::zeros_like(x);
  };
  const NamedSampler sampler = begun_at_mean(sampler_by_name("dpmpp-2m"));
  const std::vector<double> sigmas = schedule_by_name("karras", 6, 0.02, kSigmaMax);
  sampler.sample(denoise, starting_noise({1}, kShape, kSigmaMax), sigmas, {}, {});
  EXPECT_EQ(asked, 7);
  EXPECT_EQ(evaluations(sampler, sigmas), 7);
}

}  // namespace
}  // namespace voxprior
