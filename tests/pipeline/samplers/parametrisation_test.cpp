#include "pipeline/samplers/parametrisation.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <limits>

#include "tests/pipeline/samplers/closed_forms.h"

namespace voxprior {
namespace {

constexpr Prediction kAll[] = {Prediction::eps, Prediction::x0, Prediction::v, Prediction::edm_f};

torch::Tensor clean_volume() { return torch::linspace(-1, 2, 60, torch::kDouble).view({1, 1, 3, 4, 5}); }
torch::Tensor noise() { return (clean_volume() * 17).sin(); }

TEST(Parametrisation, EveryPredictionBecomesEveryOtherAndComesBack) {
  for (const double sigma : {1e-3, 0.1, 1., 30.})
    for (const Prediction from : kAll)
      for (const Prediction to : kAll) {
        const torch::Tensor x0 = clean_volume(), x = x0 + sigma * noise();
        const torch::Tensor there = prediction_from(from, x0, x, sigma, 0.5);
        const torch::Tensor other = prediction_from(to, clean_from(from, there, x, sigma, 0.5), x, sigma, 0.5);
        const torch::Tensor back = prediction_from(from, clean_from(to, other, x, sigma, 0.5), x, sigma, 0.5);
        // eps is (x - x0) / sigma: rounding of x grows by up to 1000.
        EXPECT_TRUE(torch::allclose(there, back, 1e-10, 1e-10)) << sigma;
        EXPECT_TRUE(torch::allclose(clean_from(to, other, x, sigma, 0.5), x0, 1e-10, 1e-10)) << sigma;
      }
}

TEST(Parametrisation, PredictionsAreWhatTheirPapersSay) {
  const double sigma = 0.75, alpha = 0.8, sigma_vp = 0.6;  // 3-4-5: alpha = 1/sqrt(1 + 0.75^2)
  const torch::Tensor x0 = clean_volume(), n = noise(), x = x0 + sigma * n;
  EXPECT_TRUE(torch::allclose(prediction_from(Prediction::eps, x0, x, sigma), n));
  EXPECT_TRUE(torch::equal(prediction_from(Prediction::x0, x0, x, sigma), x0));
  EXPECT_TRUE(torch::allclose(prediction_from(Prediction::v, x0, x, sigma), alpha * n - sigma_vp * x0));
  // EDM Table 1 with sigma_data 1: c_skip = 0.64, c_out = 0.6.
  EXPECT_TRUE(torch::allclose(prediction_from(Prediction::edm_f, x0, x, sigma, 1), (x0 - 0.64 * x) / 0.6));
}

TEST(Parametrisation, WithUnitDataStdFOfEdmIsMinusV) {
  const torch::Tensor x0 = clean_volume(), x = x0 + 3 * noise();
  EXPECT_TRUE(
      torch::allclose(prediction_from(Prediction::edm_f, x0, x, 3, 1), -prediction_from(Prediction::v, x0, x, 3)));
}

TEST(Parametrisation, RefusesNoNoiseAndNoLevel) {
  const torch::Tensor x = clean_volume();
  for (const double sigma : {0., -1., std::nan(""), std::numeric_limits<double>::infinity()})
    EXPECT_THROW(clean_from(Prediction::eps, x, x, sigma), c10::Error);
}

TEST(DenoiserFromVp, IsTheDenoiserThatTheNetworkCameFrom) {
  const test::TwoPeaks data;
  for (const Prediction kind : {Prediction::eps, Prediction::x0, Prediction::v})
    for (const double sigma : {0.02, 0.75, 40.}) {
      // A network that sees x_vp alone and answers in its own parametrisation.
      const VpNetwork network = [&](const torch::Tensor& x_vp, double level) {
        const torch::Tensor x = x_vp * std::sqrt(1 + level * level);
        return prediction_from(kind, data.denoiser()(x, level), x, level);
      };
      const torch::Tensor x = clean_volume() + sigma * noise();
      EXPECT_TRUE(torch::allclose(denoiser_from_vp(network, kind)(x, sigma), data.denoiser()(x, sigma), 1e-9, 1e-9));
    }
}

TEST(DenoiserFromEdm, GivesTheNetworkUnitVarianceAndUndoesIt) {
  const double data_std = 0.5, sigma = 1.2;  // hypot 1.3
  const test::GaussianData data{torch::zeros({1}, torch::kDouble), torch::full({1}, data_std, torch::kDouble)};
  const EdmNetwork network = [&](const torch::Tensor& scaled, double c_noise) {
    EXPECT_NEAR(c_noise, std::log(1.2) / 4, 1e-15);
    EXPECT_TRUE(torch::allclose(scaled * 1.3, clean_volume()));
    return torch::zeros_like(scaled);  // for Gaussian data the best F is 0: D is c_skip x
  };
  EXPECT_TRUE(torch::allclose(denoiser_from_edm(network, data_std)(clean_volume(), sigma),
                              data.denoiser()(clean_volume(), sigma), 1e-12, 1e-12));
}

}  // namespace
}  // namespace voxprior
