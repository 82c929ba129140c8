#include "pipeline/samplers/band_errors.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "pipeline/likelihood/denoising_error.h"
#include "pipeline/likelihood/variational_bound.h"
#include "pipeline/samplers/ddpm.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "pipeline/wavelet/haar.h"

// Gaussian data with another variance in each Haar band: the variances of the reverse steps are known, and with them
// bound and samples are exact however few the steps.

namespace voxprior {
namespace {

constexpr double kSigmaMin = 0.01, kSigmaMax = 40;

torch::Tensor variances() { return torch::tensor({1., 0.09, 0.09, 0.01, 0.09, 0.01, 0.01, 0.0025}, torch::kDouble); }

torch::Tensor scaled_bands(const torch::Tensor& x, const torch::Tensor& gains) {
  return haar_inverse(haar_forward(x) * gains.to(x.options()).view({1, 8, 1, 1, 1}));
}

torch::Tensor best_denoiser(const torch::Tensor& x, double sigma) {
  return scaled_bands(x, variances() / (variances() + sigma * sigma));
}

BandErrors exact_errors() {
  return {kSigmaMin, kSigmaMax, torch::zeros({BandErrors::kKnots, 8}, torch::kDouble), variances()};
}

torch::Tensor draws() { return scaled_bands(starting_noise({1, 2}, {1, 32, 32, 32}, 1), variances().sqrt()); }

torch::Tensor squares_by_band(const torch::Tensor& x) { return haar_forward(x).square().mean({0, 2, 3, 4}); }

TEST(BandErrors, AreTheWienerFiltersTimesAFactorThatIsLinearBetweenKnots) {
  torch::Tensor ratio = torch::zeros({BandErrors::kKnots, 8}, torch::kDouble);
  ratio[7][2] = 1.;
  const BandErrors errors(kSigmaMin, kSigmaMax, ratio, variances());
  const double spacing = std::log(kSigmaMax / kSigmaMin) / (BandErrors::kKnots - 1);
  const double knot = kSigmaMin * std::exp(7 * spacing), between = knot * std::exp(0.25 * spacing);
  const torch::Tensor e = errors.at(torch::tensor({knot, between, 1e-9, 1e9}, torch::kDouble));
  const auto wiener = [](double sigma, double v) { return sigma * sigma * v / (sigma * sigma + v); };
  EXPECT_NEAR(e[0][2].item<double>() / wiener(knot, 0.09), std::exp(1.), 1e-9);
  EXPECT_NEAR(e[1][2].item<double>() / wiener(between, 0.09), std::exp(0.75), 1e-9);
  EXPECT_NEAR(e[0][1].item<double>() / wiener(knot, 0.09), 1, 1e-9);
  EXPECT_NEAR(e[2][0].item<double>() / wiener(1e-9, 1), 1, 1e-9);  // constant beyond the ends
  EXPECT_NEAR(e[3][0].item<double>() / wiener(1e9, 1), 1, 1e-9);
}

TEST(BandErrors, OfAGivenBandAreZero) {
  torch::Tensor v = variances();
  v[0] = 0.;
  const BandErrors errors(kSigmaMin, kSigmaMax, torch::zeros({BandErrors::kKnots, 8}, torch::kDouble), v);
  EXPECT_EQ(errors.at(torch::ones({1}))[0][0].item<double>(), 0);
}

TEST(BandErrors, OtherShapesDoNotFit) {
  EXPECT_TRUE(BandErrors::fits(torch::zeros({16, 8}, torch::kDouble)));
  EXPECT_FALSE(BandErrors::fits(torch::zeros({16, 8})));
  EXPECT_FALSE(BandErrors::fits(torch::zeros({8, 16}, torch::kDouble)));
  EXPECT_FALSE(BandErrors::fits(torch::full({16, 8}, NAN, torch::kDouble)));
}

TEST(SampleDdpmByBand, HasTheVarianceOfTheDataInEveryBandHoweverFewTheSteps) {
  const std::vector<double> sigmas = log_uniform_schedule(6, kSigmaMin, kSigmaMax);
  const torch::Tensor start =
      scaled_bands(starting_noise({9, 8}, {1, 32, 32, 32}, 1), (variances() + kSigmaMax * kSigmaMax).sqrt());
  const torch::Tensor made = sample_ddpm_by_band(best_denoiser, start, sigmas, step_noise({9, 8}), {}, exact_errors());
  // The last step is to the mean at sigma_min, of variance v^2 / (v + sigma_min^2).
  const torch::Tensor expected = variances().square() / (variances() + kSigmaMin * kSigmaMin);
  const torch::Tensor ratio = squares_by_band(made).to(torch::kDouble) / expected;
  EXPECT_LT((ratio - 1).abs().max().item<double>(), 0.08);  // 8192 coefficients a band: standard error 0.016
  const torch::Tensor plain = sample_ddpm(best_denoiser, start, sigmas, step_noise({9, 8}));
  EXPECT_GT((squares_by_band(plain).to(torch::kDouble) / expected - 1).abs().max().item<double>(), 0.2);
}

TEST(VariationalBound, WithAVarianceForEachBandIsExactAndTighterThanWithOneForAll) {
  const torch::Tensor volumes = draws();
  const torch::Tensor squares = squares_by_band(volumes).to(torch::kDouble);
  const double exact = (0.5 * (squares / variances() + (2 * M_PI * variances()).log())).mean().item<double>() / M_LN2;
  for (const int steps : {4, 20}) {
    const std::vector<double> sigmas = log_uniform_schedule(steps, kSigmaMin, kSigmaMax);
    const auto bound = [&](const BoundOptions& options) {
      return variational_bound(best_denoiser, volumes, sigmas, step_noise({1, 2}), options).total;
    };
    BoundOptions by_band, analytic;
    by_band.band_errors = exact_errors();
    analytic.variance = analytic_variance(sigmas, denoising_error(best_denoiser, volumes, sigmas, step_noise({3, 4})));
    EXPECT_NEAR(bound(by_band), exact, 0.02) << steps;  // measured 0.006 and 0.002 above
    EXPECT_GT(bound(analytic), exact + 0.1) << steps;
    EXPECT_GT(bound({}), bound(analytic)) << steps;  // fixed small
  }
}

}  // namespace
}  // namespace voxprior
