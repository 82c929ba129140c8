#include "pipeline/samplers/posterior_sample.h"

#include <gtest/gtest.h>
#include <torch/fft.h>
#include <torch/types.h>

#include <cmath>
#include <utility>
#include <vector>

#include "pipeline/core/varying_sigma.h"
#include "pipeline/samplers/ddpm.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "pipeline/tiling/tiled.h"
#include "tests/pipeline/samplers/closed_forms.h"

// Samples of a posterior that is known in closed form.

namespace voxprior {
namespace {

constexpr int kSteps = 12;
const std::vector<std::int64_t> kVolume{1, 40, 40, 40};  // 64,000 voxels: a standard deviation is known to 0.3 %

torch::Tensor number(double value) { return torch::full({1}, value); }

double std_of(const torch::Tensor& x) { return x.std().item<double>(); }

/// Data ~ N(0.25, data_std^2), independent voxels. Given y the posterior is N(0.25 + share (y - 0.25), share sigma^2)
/// with share = data_std^2 / (data_std^2 + sigma^2).
struct GaussianPosterior {
  double data_std, sigma, share;
  torch::Tensor noisy;

  GaussianPosterior(double data_share, double noise) : data_std(noise * std::sqrt(data_share / (1 - data_share))) {
    sigma = noise;
    share = data_share;
    noisy = 0.25 + starting_noise({11}, kVolume, std::hypot(data_std, sigma));
  }
  Denoiser denoiser() const {
    const test::GaussianData data{number(0.25), number(data_std)};
    return [data, s = sigma](const torch::Tensor& x, double part) { return data.denoiser()(x, part * s); };
  }
  torch::Tensor mean() const { return 0.25 + share * (noisy - 0.25); }
  double std() const { return sigma * std::sqrt(share); }
};

TEST(PosteriorSample, HasMeanAndSpreadOfTheExactPosterior) {
  for (const double share : {0.05, 0.1, 0.3, 0.6, 0.9}) {
    const GaussianPosterior exact(share, 0.2);
    const torch::Tensor error = posterior_sample(exact.denoiser(), exact.noisy, number(0.2), kSteps, 3) - exact.mean();
    EXPECT_NEAR(std_of(error) / exact.std(), 0.985, 0.025) << share;  // measured 0.980, 0.996, 1.005, 0.991, 0.972
    EXPECT_NEAR(error.mean().item<double>() / exact.std(), 0, 0.02) << share;
    const torch::Tensor centred = exact.noisy - exact.noisy.mean();
    EXPECT_NEAR((error * centred).mean().item<double>() / (exact.std() * std_of(centred)), 0, 0.02) << share;
  }
}

TEST(PosteriorSample, AncestralSamplingOfFirstOrderIsTooAlikeWithAsFewSteps) {
  const GaussianPosterior exact(0.3, 0.2);
  const StepNoise noise = [](const torch::Tensor& like, std::uint64_t i) { return 0.2 * step_noise({3})(like, i); };
  const torch::Tensor x = sample_ddpm(exact.denoiser(), exact.noisy, log_uniform_schedule(kSteps, 0.05, 1), noise);
  EXPECT_LT(std_of(x - exact.mean()) / exact.std(), 0.88);
}

TEST(PosteriorSample, ConvergesToTheExactPosterior) {
  const GaussianPosterior exact(0.9, 0.2);
  const torch::Tensor x = posterior_sample(exact.denoiser(), exact.noisy, number(0.2), 80, 3);
  EXPECT_NEAR(std_of(x - exact.mean()) / exact.std(), 1, 0.01);
}

TEST(PosteriorSample, ChoosesBetweenTwoPeaksWithTheirProbabilities) {
  // p(upper peak | y) = 1 / (1 + exp(-2 y centre / (std^2 + sigma^2))).
  const test::TwoPeaks data;
  const double sigma = 1.2;
  const Denoiser denoise = [&](const torch::Tensor& x, double share) { return data.denoiser()(x, share * sigma); };
  for (const double y : {-0.5, 0.0, 0.4, 1.5}) {
    const torch::Tensor noisy = torch::full({1, 1, 30, 30, 30}, y);
    const torch::Tensor x = posterior_sample(denoise, noisy, number(sigma), 40, 5);
    const double upper = 1 / (1 + std::exp(-2 * y * data.centre / (data.std * data.std + sigma * sigma)));
    EXPECT_NEAR((x > 0).to(torch::kDouble).mean().item<double>(), upper, 0.02) << y;
    EXPECT_NEAR(x.mean().item<double>(), denoise(noisy, 1).mean().item<double>(), 0.03) << y;
  }
}

/// |f|^2 of every frequency of a volume of n^3, in cycles a voxel.
torch::Tensor squared_frequency(std::int64_t n) {
  const torch::Tensor f = torch::fft_fftfreq(n).square();
  return f.view({1, 1, n, 1, 1}) + f.view({1, 1, 1, n, 1}) + f.view({1, 1, 1, 1, n});
}

TEST(PosteriorSample, CorrelatesNeighboursAsThePosteriorDoes) {
  // Data with a power that falls with the frequency: the posterior has power P s^2 / (P + s^2) in each.
  constexpr double kSigma = 0.1;
  const std::int64_t n = 36;
  const torch::Tensor power = 0.3 * (-60 * squared_frequency(n)).exp() + 1e-4;
  const Denoiser denoise = [&](const torch::Tensor& x, double share) {
    const torch::Tensor wiener = power / (power + share * share * kSigma * kSigma);
    return torch::real(torch::fft_ifftn(torch::fft_fftn(x, {}, {2, 3, 4}) * wiener, {}, {2, 3, 4})).contiguous();
  };
  const torch::Tensor noisy = starting_noise({2}, {1, n, n, n}, 1);
  const torch::Tensor six = noisy.expand({6, 1, n, n, n}).contiguous();
  const torch::Tensor error = posterior_sample(denoise, six, number(kSigma), kSteps, 9) - denoise(noisy, 1);
  const torch::Tensor found = torch::fft_fftn(error, {}, {2, 3, 4}).abs().square().mean(0, true) / (n * n * n);
  const torch::Tensor exact = power * kSigma * kSigma / (power + kSigma * kSigma);
  double low = 0;
  for (const double high : {0.01, 0.03, 0.06, 0.12}) {
    const torch::Tensor shell = (squared_frequency(n) >= low).logical_and(squared_frequency(n) < high);
    const double ratio =
        found.masked_select(shell).sum().item<double>() / exact.masked_select(shell).sum().item<double>();
    EXPECT_NEAR(std::sqrt(ratio), 0.985, 0.045) << high;
    low = high;
  }
}

TEST(PosteriorSample, DrawsThePosteriorOfCorrelatedNoise) {
  // Noise with the power N s^2, data with the power P: in each frequency the posterior has P N s^2 / (P + N s^2).
  constexpr double kSigma = 0.1;
  const std::int64_t n = 36;
  const torch::Tensor squared = squared_frequency(n);
  const torch::Tensor power = 0.3 * (-60 * squared).exp() + 1e-4;
  torch::Tensor noise = (-20 * squared).exp() + 0.02;
  noise = noise / noise.mean();  // variance 1
  const auto filtered = [](const torch::Tensor& x, const torch::Tensor& weight) {
    return torch::real(torch::fft_ifftn(torch::fft_fftn(x, {}, {2, 3, 4}) * weight, {}, {2, 3, 4})).contiguous();
  };
  const Denoiser denoise = [&](const torch::Tensor& x, double share) {
    return filtered(x, power / (power + share * share * kSigma * kSigma * noise));
  };
  const torch::Tensor exact = power * noise * kSigma * kSigma / (power + noise * kSigma * kSigma);
  const torch::Tensor noisy = starting_noise({2}, {1, n, n, n}, 1).expand({6, 1, n, n, n}).contiguous();
  const auto ratio_of_std = [&](const NoiseColour& colour, double low, double high) {
    const torch::Tensor error = posterior_sample(denoise, noisy, number(kSigma), kSteps, 9, colour) - denoise(noisy, 1);
    const torch::Tensor found = torch::fft_fftn(error, {}, {2, 3, 4}).abs().square().mean(0, true) / (n * n * n);
    const torch::Tensor shell = (squared >= low).logical_and(squared < high);
    return std::sqrt(found.masked_select(shell).sum().item<double>() / exact.masked_select(shell).sum().item<double>());
  };
  const NoiseColour colour = [&](const torch::Tensor& white) { return filtered(white, noise.sqrt()); };
  for (const auto& [low, high] : {std::pair(0., 0.01), {0.01, 0.03}, {0.03, 0.06}, {0.06, 0.12}})
    EXPECT_NEAR(ratio_of_std(colour, low, high), 0.985, 0.045) << high;
  EXPECT_LT(ratio_of_std({}, 0, 0.01), 0.6) << "white noise draws samples that are too alike where noise is strong";
}

TEST(PosteriorSample, GivesEachVoxelTheSpreadOfItsOwnNoise) {
  const torch::Tensor sigma =
      torch::cat({torch::full({1, 1, 40, 40, 20}, 0.05), torch::full({1, 1, 40, 40, 20}, 0.2)}, 4);
  const test::GaussianData data{number(0.25), number(0.15)};
  const Denoiser denoise = [&](const torch::Tensor& x, double share) {
    return denoise_varying(data.denoiser(), x, share * sigma, sigma_levels(share * 0.05, share * 0.2));
  };
  const torch::Tensor noisy = 0.25 + (sigma.square() + 0.15 * 0.15).sqrt() * starting_noise({11}, kVolume, 1);
  const torch::Tensor error = posterior_sample(denoise, noisy, sigma, kSteps, 3) - denoise(noisy, 1);
  for (const std::int64_t half : {0, 1}) {
    const double s = half == 0 ? 0.05 : 0.2, share = 0.15 * 0.15 / (0.15 * 0.15 + s * s);
    EXPECT_NEAR(std_of(error.narrow(4, 20 * half, 20)) / (s * std::sqrt(share)), 0.985, 0.025) << s;
  }
}

/// A local denoiser that is not linear: the mean of 3 x 3 x 3 voxels, less of it for less noise. Sees one voxel far.
torch::Tensor local(const torch::Tensor& x, double share) {
  return x + share * share * 0.7 * (torch::avg_pool3d(x, 3, 1, 1) - x).tanh();
}

TEST(PosteriorSample, IsTheSameInTilesAndWhole) {
  const std::array<std::int64_t, 3> size{20, 24, 16};
  const torch::Tensor noisy = starting_noise({4}, {1, 20, 24, 16}, 1);
  const auto sample = [&](const TilePlan& plan) {
    const Denoiser denoise = [&](const torch::Tensor& x, double share) {
      return denoise_in_tiles(local, x, share, plan);
    };
    return posterior_sample(denoise, noisy, number(0.3), kSteps, 7);
  };
  const Locality locality{4, 4};
  const TilePlan tiles = plan_tiles_of(size, locality, {8, 8, 8}), whole = plan_tiles_of(size, locality, size);
  ASSERT_GT(tiles.tiles().size(), 8U);
  ASSERT_EQ(whole.tiles().size(), 1U);
  const torch::Tensor in_tiles = sample(tiles), at_once = sample(whole);
  EXPECT_TRUE(in_tiles.allclose(at_once, 1e-4, 1e-5));
}

TEST(PosteriorSample, DependsOnItsSeedAlone) {
  const GaussianPosterior exact(0.5, 0.2);
  const torch::Tensor noisy = exact.noisy.narrow(2, 0, 6).contiguous();
  const auto sample = [&](const torch::Tensor& x, std::uint64_t seed) {
    return posterior_sample(exact.denoiser(), x, number(0.2), kSteps, seed);
  };
  EXPECT_TRUE(sample(noisy, 5).equal(sample(noisy, 5)));
  EXPECT_FALSE(sample(noisy, 5).allclose(sample(noisy, 6), 1e-2, 1e-2));
  const torch::Tensor two = sample(torch::cat({noisy, noisy}), 5);
  EXPECT_TRUE(two.narrow(0, 1, 1).equal(sample(noisy, 6)));
  EXPECT_THROW(posterior_sample(exact.denoiser(), noisy, number(0.2), 1, 5), c10::Error);
}

}  // namespace
}  // namespace voxprior
