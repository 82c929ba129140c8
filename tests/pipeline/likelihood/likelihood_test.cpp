#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <vector>

#include "base/error.h"
#include "pipeline/likelihood/denoising_error.h"
#include "pipeline/likelihood/gaussian_decoder.h"
#include "pipeline/likelihood/ode_likelihood.h"
#include "pipeline/likelihood/variational_bound.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "tests/pipeline/samplers/closed_forms.h"

// Data whose density is known: the exact likelihood by the ODE and the variational bound must both find it.

namespace voxprior {
namespace {

constexpr double kSigmaMin = 0.005, kSigmaMax = 40;

/// Gaussian data with another mean and standard deviation in each voxel, and draws from them.
struct GaussianSet {
  test::GaussianData data{torch::linspace(-0.5, 0.5, 512).view({1, 1, 8, 8, 8}),
                          torch::linspace(-1.5, 0.5, 512).exp().flip(0).view({1, 1, 8, 8, 8})};

  torch::Tensor draw(std::uint64_t seed) const {
    return data.mean + data.std * starting_noise({seed}, {1, 8, 8, 8}, 1);
  }

  /// -log2 p(x) / voxels of the data with noise of the given level, by hand.
  double bits(const torch::Tensor& x, double sigma) const {
    const torch::Tensor variance = data.std.to(torch::kDouble).square() + sigma * sigma;
    const torch::Tensor nats = 0.5 * ((x - data.mean).square() / variance + (2 * M_PI * variance).log());
    return nats.mean().item<double>() / M_LN2;
  }
  /// The mean of that over the data: the entropy, 1/2 log2(2 pi e variance).
  double entropy() const { return (0.5 * (2 * M_PI * M_E * data.std.square()).log()).mean().item<double>() / M_LN2; }
};

OdeLikelihoodOptions ode_options() {
  OdeLikelihoodOptions options;
  options.sigma_min = kSigmaMin;
  options.sigma_max = kSigmaMax;
  return options;
}

TEST(OdeLikelihood, IsTheDensityOfGaussianData) {
  const GaussianSet set;
  for (const std::uint64_t seed : {0u, 1u}) {
    const torch::Tensor x = set.draw(seed);
    const OdeLikelihood found = ode_likelihood(set.data.denoiser(), x, seed, ode_options());
    EXPECT_NEAR(found.bits_per_voxel, set.bits(x, kSigmaMin), 1e-3);
    EXPECT_LT(found.evaluations, 400);
    EXPECT_TRUE(torch::allclose(found.latent, set.data.ode_solution(x, kSigmaMin, kSigmaMax), 1e-3, 1e-2));
  }
}

TEST(OdeLikelihood, ErrorFallsWithTheTolerance) {
  const GaussianSet set;
  const test::GaussianData data{torch::zeros({1}, torch::kDouble), set.data.std.to(torch::kDouble)};
  const torch::Tensor x = (set.draw(3) - set.data.mean).to(torch::kDouble);
  OdeLikelihoodOptions options = ode_options();
  options.sigma_max = 4000;  // where the data differ from the prior by 1e-7
  const auto error = [&](double tolerance) {
    options.tolerance.relative = options.tolerance.absolute = tolerance;
    const double found = ode_likelihood(data.denoiser(), x, 0, options).bits_per_voxel;
    return std::abs(found - set.bits(x + set.data.mean, kSigmaMin));
  };
  EXPECT_LT(error(1e-3), 1e-3);  // measured 6e-5
  EXPECT_LT(error(1e-6), 1e-5);  // measured 2e-6
  EXPECT_LT(error(1e-8), 3e-7);
}

TEST(OdeLikelihood, IsTheDensityOfAMixture) {
  const test::TwoPeaks data;
  const torch::Tensor x = torch::linspace(-2, 2.2, 210, torch::kDouble).view({1, 1, 5, 6, 7});
  const OdeLikelihood found = ode_likelihood(data.denoiser(), x, 0, ode_options());
  const double v = data.std * data.std + kSigmaMin * kSigmaMin;
  const torch::Tensor p =
      (torch::exp(-0.5 * (x - data.centre).square() / v) + torch::exp(-0.5 * (x + data.centre).square() / v)) /
      (2 * std::sqrt(2 * M_PI * v));
  EXPECT_NEAR(found.bits_per_voxel, -p.log2().mean().item<double>(), 2e-3);
  // Voxels are independent here, so the map has a right answer, too; its mean is the bits.
  EXPECT_TRUE(torch::allclose(found.bits_map.to(torch::kDouble), -p.log2(), 1e-2, 1e-2));
  EXPECT_NEAR(found.bits_map.mean().item<double>(), found.bits_per_voxel, 1e-4);
}

/// Pairs of voxels with correlation 0.8: the Jacobian of D is not diagonal and the trace estimate has a variance.
torch::Tensor correlated(const torch::Tensor& x, double same, double opposite) {
  const torch::Tensor sum = x + x.flip({4}), difference = x - x.flip({4});
  return 0.5 * (same * sum + opposite * difference);
}

TEST(OdeLikelihood, TraceEstimateIsUnbiasedWithTheErrorItReports) {
  const double same = 1.8, opposite = 0.2;  // variances of the sum and difference of a pair, over 2
  const Denoiser denoise = [=](const torch::Tensor& x, double sigma) {
    return correlated(x, same / (same + sigma * sigma), opposite / (opposite + sigma * sigma));
  };
  const torch::Tensor x = correlated(starting_noise({4}, {1, 16, 16, 2}, 1), std::sqrt(same), std::sqrt(opposite));
  const double s = same + kSigmaMin * kSigmaMin, o = opposite + kSigmaMin * kSigmaMin;
  const torch::Tensor nats = 0.5 * (x * correlated(x, 1 / s, 1 / o) + 0.5 * std::log(s * o) + std::log(2 * M_PI));
  OdeLikelihoodOptions options = ode_options();
  options.probes = 16;
  const OdeLikelihood found = ode_likelihood(denoise, x, 7, options);
  EXPECT_GT(found.standard_error, 1e-4);
  EXPECT_LT(found.standard_error, 0.02);
  EXPECT_NEAR(found.bits_per_voxel, nats.mean().item<double>() / M_LN2, 4 * found.standard_error);
  options.probes = 1;
  EXPECT_TRUE(std::isnan(ode_likelihood(denoise, x, 7, options).standard_error));
}

TEST(OdeLikelihood, IsHigherInBitsForWhatIsNotLikeTheData) {
  const GaussianSet set;
  torch::Tensor odd = set.draw(5);
  odd.narrow(2, 2, 2).narrow(3, 2, 2).narrow(4, 2, 2).add_(
      6 * set.data.std.narrow(2, 2, 2).narrow(3, 2, 2).narrow(4, 2, 2));
  const OdeLikelihood plain = ode_likelihood(set.data.denoiser(), set.draw(5), 0, ode_options());
  const OdeLikelihood found = ode_likelihood(set.data.denoiser(), odd, 0, ode_options());
  EXPECT_GT(found.bits_per_voxel, plain.bits_per_voxel);
  const torch::Tensor inside = found.bits_map.narrow(2, 2, 2).narrow(3, 2, 2).narrow(4, 2, 2);
  EXPECT_GT(inside.mean().item<double>(), found.bits_map.mean().item<double>() + 10);  // six std: 36/2/ln2 = 26 bits
  EXPECT_NEAR(found.bits_map[0][0][7][7][7].item<float>(), plain.bits_map[0][0][7][7][7].item<float>(), 1e-3);
}

TEST(OdeLikelihood, CountsBitsInGreyLevels) {
  const GaussianSet set;
  OdeLikelihoodOptions options = ode_options();
  const double unit = ode_likelihood(set.data.denoiser(), set.draw(1), 0, options).bits_per_voxel;
  options.quantisation_width = 1. / 256;
  EXPECT_NEAR(ode_likelihood(set.data.denoiser(), set.draw(1), 0, options).bits_per_voxel, unit + 8, 1e-9);
}

TEST(OdeLikelihood, RefusesADenoiserWithoutGradient) {
  const torch::Tensor x = torch::zeros({1, 1, 2, 2, 2});
  const torch::Tensor weight = torch::ones({1}).requires_grad_();
  const Denoiser guarded = [](const torch::Tensor& y, double) {
    const torch::NoGradGuard no_grad;
    return y * 0.5;
  };
  const Denoiser detached = [&](const torch::Tensor& y, double) { return y.detach() * weight; };
  for (const Denoiser& denoise : {guarded, detached}) {
    try {
      ode_likelihood(denoise, x, 0);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      EXPECT_THAT(error.what(), testing::HasSubstr("no gradient"));
    }
  }
  EXPECT_THROW(ode_likelihood(detached, torch::zeros({2, 1, 2, 2, 2}), 0), c10::Error);
  OdeLikelihoodOptions options;
  options.probes = 0;
  EXPECT_THROW(ode_likelihood(guarded, x, 0, options), Error);
}

TEST(OdeLikelihood, WorksUnderACallersNoGradGuardAndLeavesNoGraph) {
  const GaussianSet set;
  const torch::NoGradGuard no_grad;
  const OdeLikelihood found = ode_likelihood(set.data.denoiser(), set.draw(1), 0, ode_options());
  EXPECT_FALSE(found.bits_map.requires_grad());
  EXPECT_FALSE(found.latent.requires_grad());
}

TEST(DenoisingError, IsTheBayesErrorForTheBestDenoiser) {
  const test::GaussianData data{torch::zeros({1}), torch::full({1}, 0.5f)};
  const torch::Tensor volumes = 0.5 * starting_noise({1, 2}, {1, 32, 32, 32}, 1);
  const std::vector<double> errors =
      denoising_error(data.denoiser(), volumes, {10, 0.5, 0.1, 0}, step_noise({1, 2}), 2);
  EXPECT_NEAR(errors[0] / (0.25 * 100 / 100.25), 1, 0.02);  // s^2 sigma^2 / (s^2 + sigma^2); standard error 0.5 %
  EXPECT_NEAR(errors[1] / 0.125, 1, 0.02);
  EXPECT_NEAR(errors[2] / (0.25 * 0.01 / 0.26), 1, 0.02);
  EXPECT_EQ(errors[3], 0);
}

TEST(GaussianDecoder, ProbabilitiesOfAllLevelsAddUpToOne) {
  for (const double std : {0.02, 0.3, 5.}) {
    const torch::Tensor levels = torch::arange(-1000, 1001, torch::kDouble) * 0.1;
    const torch::Tensor p =
        discretised_gaussian_log_probability(levels, torch::full({1}, 0.537, torch::kDouble), std, 0.1);
    EXPECT_NEAR(p.exp().sum().item<double>(), 1, 1e-12) << std;
  }
}

TEST(GaussianDecoder, NearsDensityTimesWidthAndStaysFiniteFarAway) {
  const torch::Tensor x = torch::tensor({0., 0.5, -3., 40., -1000.}, torch::kDouble),
                      zero = torch::zeros({1}, torch::kDouble);
  const torch::Tensor narrow = discretised_gaussian_log_probability(x, zero, 1, 1e-5) - std::log(1e-5);
  EXPECT_TRUE(torch::allclose(narrow, gaussian_log_density(x, zero, 1), 1e-4, 1e-6));
  const torch::Tensor wide = discretised_gaussian_log_probability(x, zero, 1, 1);
  EXPECT_TRUE(torch::isfinite(wide).all().item<bool>());
  EXPECT_NEAR(wide[0].item<double>(), std::log(std::erf(0.5 / std::sqrt(2.))), 1e-12);
  // Far out the level's near edge decides: ln Phi(-39.5) = -39.5^2/2 - ln(39.5 sqrt(2 pi)) + ln(1 - 1/39.5^2 + ...).
  EXPECT_NEAR(wide[3].item<double>(), -39.5 * 39.5 / 2 - std::log(39.5 * std::sqrt(2 * M_PI)) - 6.4e-4, 1e-5);
}

/// White Gaussian data of std 0.5, which the reverse steps of a diffusion model can match exactly.
struct WhiteSet {
  test::GaussianData data{torch::zeros({1}), torch::full({1}, 0.5f)};
  torch::Tensor volumes = 0.5 * starting_noise({1, 2}, {1, 32, 32, 32}, 1);

  double bits() const {  // of these very volumes, by hand
    const double square = volumes.square().mean(torch::kDouble).item<double>();
    return 0.5 * (square / 0.25 + std::log(2 * M_PI * 0.25)) / M_LN2;
  }
  BoundOptions options(const std::vector<double>& sigmas) const {
    std::vector<double> mse;
    for (const double s : sigmas) mse.push_back(0.25 * s * s / (0.25 + s * s));
    BoundOptions result;
    result.variance = analytic_variance(sigmas, mse);
    result.data_std = 0.5;
    return result;
  }
};

TEST(VariationalBound, WithAnalyticVarianceIsExactOnWhiteGaussianDataHoweverFewTheSteps) {
  const WhiteSet set;
  for (const int steps : {1, 5, 50}) {
    const std::vector<double> sigmas = log_uniform_schedule(steps, 0.01, 40);
    const VariationalBound bound =
        variational_bound(set.data.denoiser(), set.volumes, sigmas, step_noise({1, 2}), set.options(sigmas));
    // One draw a step over 65,536 voxels: each term has a standard error of 0.004 bits; measured within 0.008.
    EXPECT_NEAR(bound.total, set.bits(), 0.015) << steps;
    EXPECT_EQ(bound.steps.size(), static_cast<std::size_t>(steps) - 1);
  }
}

TEST(VariationalBound, NearsTheTrueValueFromAboveWithEveryVariance) {
  const GaussianSet set;
  std::vector<torch::Tensor> draws;
  std::vector<std::uint64_t> seeds, others;
  for (std::uint64_t n = 0; n < 24; ++n) {
    draws.push_back(set.draw(n));
    seeds.push_back(n);
    others.push_back(n + 100);
  }
  const torch::Tensor volumes = torch::cat(draws);
  const double exact = set.bits(volumes, 0);
  const auto bound = [&](int steps, ReverseVariance variance) {
    BoundOptions options;
    options.variance = std::move(variance);
    const std::vector<double> sigmas = log_uniform_schedule(steps, 0.005, 40);
    return variational_bound(set.data.denoiser(), volumes, sigmas, step_noise(seeds), options).total;
  };
  const auto analytic = [&](int steps) {
    const std::vector<double> sigmas = log_uniform_schedule(steps, 0.005, 40);
    return analytic_variance(sigmas, denoising_error(set.data.denoiser(), volumes, sigmas, step_noise(others)));
  };
  // Noise of one draw a step over 12,288 voxels: standard error 0.02.
  EXPECT_NEAR(bound(200, fixed_large_variance), exact, 0.07);
  EXPECT_NEAR(bound(200, analytic(200)), exact, 0.07);
  // Fixed small nears it with the inverse of the number of steps: measured gaps 12.8 (10), 4.0, 0.58 (100), 0.20 (300).
  const double gap_100 = bound(100, fixed_small_variance) - exact, gap_300 = bound(300, fixed_small_variance) - exact;
  EXPECT_NEAR(gap_100, 0.58, 0.1);
  EXPECT_NEAR(gap_300, 0.20, 0.07);
  EXPECT_GT(bound(10, fixed_small_variance), bound(10, analytic(10)));  // the best variance has the lowest bound
  EXPECT_GT(bound(10, fixed_large_variance), bound(10, analytic(10)));
  EXPECT_GT(bound(10, analytic(10)), exact);
}

TEST(VariationalBound, AndTheOdeAndTheTrueDensityAgree) {
  const GaussianSet set;
  const torch::Tensor x = set.draw(9);
  const double ode = ode_likelihood(set.data.denoiser(), x, 0, ode_options()).bits_per_voxel;
  const std::vector<double> sigmas = log_uniform_schedule(1000, kSigmaMin, kSigmaMax);
  const VariationalBound bound = variational_bound(set.data.denoiser(), x, sigmas, step_noise({9}));
  EXPECT_NEAR(ode, set.bits(x, 0), 5e-3);           // measured 5e-4
  EXPECT_NEAR(bound.total, set.bits(x, 0), 0.1);    // one volume of 512 voxels: measured 0.024
  EXPECT_NEAR(set.bits(x, 0), set.entropy(), 0.2);  // 512 voxels: standard error 0.045
}

TEST(VariationalBound, PriorTermIsTheDivergenceOfTheStartFromThePrior) {
  // One level sigma = 2, volumes of ones, data_std 1: q = N(1, 4), p = N(0, 5).
  const Denoiser denoise = [](const torch::Tensor& x, double) { return torch::ones_like(x); };
  const VariationalBound bound = variational_bound(denoise, torch::ones({1, 1, 2, 2, 2}), {2, 0}, step_noise({1}));
  EXPECT_NEAR(bound.prior, 0.5 * (std::log(5. / 4) + (4. + 1) / 5 - 1) / M_LN2, 1e-12);
  // The decoder of fixed small variance is N(D, sigma_1^2), D = 1: -log2 of 1 / (2 sqrt(2 pi)).
  EXPECT_NEAR(bound.decoder, std::log2(2 * std::sqrt(2 * M_PI)), 1e-12);
  EXPECT_NEAR(bound.total, bound.prior + bound.decoder, 1e-12);
}

TEST(VariationalBound, StepOfFixedSmallVarianceIsTheDropInSignalToNoise) {
  // A denoiser that is wrong by 0.5 everywhere: 1/2 (1/to^2 - 1/from^2) 0.25 nats. Kingma et al. 2021, section 4.
  const Denoiser wrong = [](const torch::Tensor& x, double) { return torch::full_like(x, 0.5); };
  const VariationalBound bound = variational_bound(wrong, torch::ones({1, 1, 2, 2, 2}), {2, 1}, step_noise({1}));
  ASSERT_EQ(bound.steps.size(), 1u);
  EXPECT_NEAR(bound.steps[0], 0.5 * (1 - 0.25) * 0.25 / M_LN2, 1e-12);
}

TEST(VariationalBound, DiscretisedDecoderCountsLevels) {
  const WhiteSet set;
  BoundOptions options;
  options.quantisation_width = 1e-3;
  const std::vector<double> sigmas = log_uniform_schedule(20, 0.02, 40);
  const auto bound = [&] {
    return variational_bound(set.data.denoiser(), set.volumes, sigmas, step_noise({1, 2}), options);
  };
  const double density = bound().total;
  options.discretised_decoder = true;
  EXPECT_NEAR(bound().total, density, 1e-3);  // levels far narrower than the decoder
  options.quantisation_width = 4;             // every voxel in one level: nothing to say
  EXPECT_LT(bound().decoder, 1e-6);
  EXPECT_GE(bound().decoder, 0);
}

TEST(VariationalBound, DrawsFreshNoiseForEveryStep) {
  std::vector<std::uint64_t> drawn;
  const StepNoise recording = [&](const torch::Tensor& like, std::uint64_t index) {
    drawn.push_back(index);
    return step_noise({1})(like, index);
  };
  variational_bound(WhiteSet().data.denoiser(), torch::ones({1, 1, 2, 2, 2}), {4, 2, 1, 0}, recording);
  EXPECT_EQ(drawn, (std::vector<std::uint64_t>{0, 1, 2}));
}

}  // namespace
}  // namespace voxprior
