#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <functional>
#include <vector>

#include "pipeline/samplers/ddim.h"
#include "pipeline/samplers/ddpm.h"
#include "pipeline/samplers/euler.h"
#include "pipeline/samplers/heun.h"
#include "pipeline/samplers/heun_churn.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "pipeline/samplers/vp_levels.h"
#include "tests/pipeline/samplers/closed_forms.h"

// Samplers that draw noise: the distribution that they end in, against closed forms.

namespace voxprior {
namespace {

constexpr double kDataStd = 0.5;
const std::vector<std::int64_t> kVolume{1, 48, 48, 48};  // 110,592 voxels: a variance is known to 0.43 %
constexpr double kVarianceTolerance = 0.02;              // relative; four standard errors and more

test::GaussianData gaussian() { return {torch::full({1}, 0.25), torch::full({1}, kDataStd)}; }

/// Samples of the data with noise of the given level: the distribution that an exact sampler starts from.
torch::Tensor noisy_data(double sigma) { return 0.25 + starting_noise({11}, kVolume, std::hypot(kDataStd, sigma)); }

double variance(const torch::Tensor& x) { return x.var().item<double>(); }

const std::vector<double>& ddpm_levels() {
  static const std::vector<double> levels = sigmas_from_betas(linear_betas(1000));
  return levels;
}

/// The variance after DDPM on data N(mean, kDataStd^2), step by step by hand: every step is x' = g x + noise.
double ddpm_variance(const std::vector<double>& sigmas, const ReverseVariance& added) {
  const double v = kDataStd * kDataStd;
  double result = v + sigmas[0] * sigmas[0];
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double from2 = sigmas[i] * sigmas[i], to2 = sigmas[i + 1] * sigmas[i + 1];
    const double gain = to2 / from2 + (1 - to2 / from2) * v / (v + from2);
    result = gain * gain * result + (to2 > 0 ? added(sigmas[i], sigmas[i + 1]) : 0);
  }
  return result;
}

TEST(SampleDdpm, RespacedVarianceIsThatOfTheKeptLevels) {
  for (const int steps : {10, 50}) {
    const std::vector<double> sigmas = respaced(ddpm_levels(), steps);
    const torch::Tensor x = sample_ddpm(gaussian().denoiser(), noisy_data(sigmas[0]), sigmas, step_noise({5}));
    const double expected = ddpm_variance(sigmas, fixed_small_variance);
    EXPECT_NEAR(variance(x) / expected, 1, kVarianceTolerance) << steps;
    EXPECT_NEAR(x.mean().item<double>(), 0.25, 0.01) << steps;
  }
}

/// DDPM in variance-preserving coordinates that takes alpha_bar and beta of the step before in *training*, not of the
/// step kept before: what a widely used library does.
torch::Tensor wrongly_respaced_ddpm(const torch::Tensor& start, int steps) {
  const std::vector<double> betas = linear_betas(1000), kept = respaced(ddpm_levels(), steps);
  const Denoiser denoise = gaussian().denoiser();
  const StepNoise noise = step_noise({5});
  torch::Tensor x = start / std::hypot(1, kept[0]);
  for (int i = 0; i < steps; ++i) {
    const double sigma = kept[static_cast<std::size_t>(i)];
    const auto t = static_cast<std::size_t>(std::lround(time_step(ddpm_levels(), sigma)));
    const double alpha_bar = 1 / (1 + sigma * sigma), before = t > 0 ? alpha_bar / (1 - betas[t]) : 1;
    const torch::Tensor clean = denoise(x / std::sqrt(alpha_bar), sigma);
    x = std::sqrt(before) * betas[t] / (1 - alpha_bar) * clean +
        std::sqrt(1 - betas[t]) * (1 - before) / (1 - alpha_bar) * x;
    if (t > 0) x = x + std::sqrt((1 - before) / (1 - alpha_bar) * betas[t]) * noise(x, static_cast<std::uint64_t>(i));
  }
  return x;
}

TEST(SampleDdpm, TheCheckOfTheVarianceSeesWrongRespacing) {
  for (const int steps : {10, 50}) {
    const std::vector<double> sigmas = respaced(ddpm_levels(), steps);
    const double wrong = variance(wrongly_respaced_ddpm(noisy_data(sigmas[0]), steps));
    EXPECT_GT(wrong / ddpm_variance(sigmas, fixed_small_variance), 4) << steps;  // measured 9.4 and 4.5
  }
  // With all 1000 steps the two are the same thing.
  const std::vector<std::int64_t> small{1, 16, 16, 16};
  const torch::Tensor start = starting_noise({11}, small, ddpm_levels()[0]);
  const torch::Tensor right = sample_ddpm(gaussian().denoiser(), start, ddpm_levels(), step_noise({5}));
  EXPECT_TRUE(torch::allclose(wrongly_respaced_ddpm(start, 1000), right, 1e-3, 1e-3));
}

TEST(SampleDdpm, AnalyticVarianceIsExactOnGaussianDataHoweverFewTheSteps) {
  const double v = kDataStd * kDataStd;
  for (const int steps : {10, 50}) {
    const std::vector<double> sigmas = respaced(ddpm_levels(), steps);
    std::vector<double> mse;
    for (const double s : sigmas) mse.push_back(v * s * s / (v + s * s));
    const torch::Tensor x = sample_ddpm(gaussian().denoiser(), noisy_data(sigmas[0]), sigmas, step_noise({5}), {},
                                        analytic_variance(sigmas, mse));
    EXPECT_NEAR(variance(x) / v, 1, kVarianceTolerance) << steps;
  }
}

TEST(SampleDdpm, FixedLargeVarianceIsExactForStandardNormalData) {
  const test::GaussianData data{torch::zeros({1}), torch::ones({1})};
  const std::vector<double> sigmas = respaced(ddpm_levels(), 10);
  const torch::Tensor start = starting_noise({11}, kVolume, std::hypot(1, sigmas[0]));
  const torch::Tensor x = sample_ddpm(data.denoiser(), start, sigmas, step_noise({5}), {}, fixed_large_variance);
  EXPECT_NEAR(variance(x), 1, kVarianceTolerance);
}

TEST(SampleDdim, WithEtaOneIsDdpm) {
  const std::vector<double> sigmas = karras_schedule(12, 0.01, 20);
  const torch::Tensor x = starting_noise({1, 2}, {1, 4, 5, 6}, 20);
  const Denoiser denoise = test::TwoPeaks().denoiser();
  const torch::Tensor ddim = sample_ddim(denoise, x, sigmas, step_noise({1, 2}), {}, 1);
  EXPECT_TRUE(torch::allclose(ddim, sample_ddpm(denoise, x, sigmas, step_noise({1, 2})), 1e-5, 1e-5));
  EXPECT_FALSE(torch::allclose(ddim, sample_ddim(denoise, x, sigmas, step_noise({1, 2}), {}, 0.5), 1e-2, 1e-2));
}

TEST(SampleDdim, WithEtaZeroIsEulerAndDrawsNothing) {
  const std::vector<double> sigmas = karras_schedule(12, 0.01, 20);
  const torch::Tensor x = starting_noise({1}, {1, 4, 5, 6}, 20);
  const StepNoise none = [](const torch::Tensor&, std::uint64_t) -> torch::Tensor {
    throw std::runtime_error("drawn");
  };
  const Denoiser denoise = test::TwoPeaks().denoiser();
  EXPECT_TRUE(torch::allclose(sample_ddim(denoise, x, sigmas, none), sample_euler(denoise, x, sigmas), 1e-6, 1e-6));
}

/// DDIM as its paper writes it, in variance-preserving coordinates: equations 12 and 16 of arXiv:2010.02502.
torch::Tensor ddim_of_the_paper(const Denoiser& denoise, const torch::Tensor& start, const std::vector<double>& sigmas,
                                const StepNoise& noise, double eta) {
  torch::Tensor x = start / std::hypot(1, sigmas[0]);
  for (std::size_t i = 0; i + 1 < sigmas.size(); ++i) {
    const double a = 1 / (1 + sigmas[i] * sigmas[i]), a_next = 1 / (1 + sigmas[i + 1] * sigmas[i + 1]);
    const torch::Tensor x0 = denoise(x / std::sqrt(a), sigmas[i]);
    const torch::Tensor eps = (x - std::sqrt(a) * x0) / std::sqrt(1 - a);
    const double s = eta * std::sqrt((1 - a_next) / (1 - a)) * std::sqrt(1 - a / a_next);
    x = std::sqrt(a_next) * x0 + std::sqrt(1 - a_next - s * s) * eps + s * noise(x, i);
  }
  return x;
}

TEST(SampleDdim, IsThatOfThePaperAfterTheChangeOfVariables) {
  const std::vector<double> sigmas = respaced(ddpm_levels(), 20);
  const torch::Tensor start = starting_noise({1}, {1, 4, 5, 6}, sigmas[0]).to(torch::kDouble);
  const Denoiser denoise = test::TwoPeaks().denoiser();
  for (const double eta : {0., 0.4, 1.}) {
    const torch::Tensor ours = sample_ddim(denoise, start, sigmas, step_noise({1}), {}, eta);
    EXPECT_TRUE(torch::allclose(ours, ddim_of_the_paper(denoise, start, sigmas, step_noise({1}), eta), 1e-6, 1e-6))
        << eta;
  }
}

TEST(SampleDdim, RefusesEtaOutsideZeroToOne) {
  const torch::Tensor x = torch::ones({1, 1, 1, 1, 1});
  const Denoiser denoise = gaussian().denoiser();
  EXPECT_THROW(sample_ddim(denoise, x, {1, 0}, step_noise({1}), {}, 1.5), c10::Error);
  EXPECT_THROW(sample_ddim(denoise, x, {1, 0}, step_noise({1}), {}, -0.1), c10::Error);
}

TEST(StochasticSamplers, EndInBothPeaksOfAMixture) {
  const test::TwoPeaks data;
  const std::vector<double> sigmas = karras_schedule(150, 0.01, 40);
  const torch::Tensor start = starting_noise({3}, {1, 32, 32, 32}, 40);
  const auto check = [&](const char* name, const torch::Tensor& x) {
    EXPECT_NEAR(variance(x) / data.variance(), 1, 0.03) << name;
    EXPECT_NEAR((x > 0).to(torch::kFloat32).mean().item<double>(), 0.5, 0.015) << name;  // standard error 0.0028
    EXPECT_NEAR((x.abs() - data.centre).std().item<double>(), data.std, 0.03 * data.std) << name;
  };
  check("ddpm", sample_ddpm(data.denoiser(), start, sigmas, step_noise({3})));
  check("ddim, eta 0.5", sample_ddim(data.denoiser(), start, sigmas, step_noise({3}), {}, 0.5));
  check("heun-churn", sample_heun_churn(data.denoiser(), start, sigmas, step_noise({3}), {}, Churn{40}));
}

TEST(SampleHeunChurn, KeepsTheDistributionOfGaussianData) {
  const std::vector<double> sigmas = karras_schedule(100, 0.01, 20);
  const torch::Tensor start = noisy_data(20);
  const torch::Tensor x = sample_heun_churn(gaussian().denoiser(), start, sigmas, step_noise({5}), {}, Churn{40});
  EXPECT_NEAR(variance(x) / (kDataStd * kDataStd), 1, kVarianceTolerance);
  // The noise is really exchanged: what is left of the start is uncorrelated with what plain Heun makes of it.
  const torch::Tensor plain = sample_heun(gaussian().denoiser(), start, sigmas);
  const double correlation =
      ((x - x.mean()) * (plain - plain.mean())).mean().item<double>() / std::sqrt(variance(x) * variance(plain));
  EXPECT_LT(std::abs(correlation), 0.05);
}

TEST(SampleHeunChurn, TooMuchNoiseShowsInTheVariance) {
  const std::vector<double> sigmas = karras_schedule(100, 0.01, 20);
  Churn churn{40};
  churn.noise_std = 1.1;
  const torch::Tensor x = sample_heun_churn(gaussian().denoiser(), noisy_data(20), sigmas, step_noise({5}), {}, churn);
  EXPECT_GT(variance(x) / (kDataStd * kDataStd), 1 + 2 * kVarianceTolerance);
}

TEST(SampleHeunChurn, WithoutChurnOrOutsideItsRangeIsHeun) {
  const std::vector<double> sigmas = karras_schedule(8, 0.01, 20);
  const torch::Tensor start = starting_noise({3}, {1, 4, 4, 4}, 20);
  const Denoiser denoise = test::TwoPeaks().denoiser();
  const torch::Tensor heun = sample_heun(denoise, start, sigmas);
  EXPECT_TRUE(torch::equal(sample_heun_churn(denoise, start, sigmas, step_noise({3}), {}, Churn{0}), heun));
  const Churn above{40, 30, 50}, below{40, 0, 0.001};
  EXPECT_TRUE(torch::equal(sample_heun_churn(denoise, start, sigmas, step_noise({3}), {}, above), heun));
  EXPECT_TRUE(torch::equal(sample_heun_churn(denoise, start, sigmas, step_noise({3}), {}, below), heun));
}

TEST(StepNoise, DependsOnSeedAndIndexAlone) {
  const StepNoise noise = step_noise({7, 0});
  const torch::Tensor like = torch::zeros({2, 1, 3, 4, 5}), draw = noise(like, 3);
  EXPECT_TRUE(torch::equal(draw, noise(like, 3)));
  EXPECT_TRUE(torch::equal(draw.narrow(0, 1, 1), step_noise({0})(like.narrow(0, 1, 1), 3)));
  EXPECT_FALSE(torch::equal(draw, noise(like, 4)));
  EXPECT_FALSE(torch::equal(noise(like, 0), starting_noise({7, 0}, {1, 3, 4, 5}, 1)));
  EXPECT_EQ(noise(like.to(torch::kDouble), 0).scalar_type(), torch::kDouble);
  EXPECT_THROW(noise(torch::zeros({3, 1, 3, 4, 5}), 0), c10::Error);
}

TEST(ReverseVariance, FixedOnesAreBetaTildeAndBetaOfTheKeptLevels) {
  const double from = 3, to = 0.5, a = 1 / (1 + from * from), a_next = 1 / (1 + to * to), beta = 1 - a / a_next;
  // The change of variables multiplies a variance at `to` by 1 + to^2 = 1 / a_next.
  EXPECT_NEAR(fixed_large_variance(from, to), beta / a_next, 1e-14);
  EXPECT_NEAR(fixed_small_variance(from, to), (1 - a_next) / (1 - a) * beta / a_next, 1e-14);
  EXPECT_EQ(fixed_small_variance(from, 0), 0);
}

TEST(ReverseVariance, AnalyticAsksForMeasuredLevelsOnly) {
  const ReverseVariance variance = analytic_variance({2, 1}, {0.5, 0.25});
  EXPECT_NEAR(variance(2, 1), 0.75 + 0.75 * 0.75 * 0.5, 1e-15);  // 1 (4 - 1)/4 + (1 - 1/4)^2 0.5
  EXPECT_EQ(variance(1, 0), 0.25);
  EXPECT_THROW(variance(1.5, 1), c10::Error);
  EXPECT_THROW(analytic_variance({2, 1}, {0.5}), c10::Error);
}

}  // namespace
}  // namespace voxprior
