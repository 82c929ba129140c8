#include "pipeline/samplers/reconstruction_noise.h"

#include <gtest/gtest.h>
#include <torch/types.h>

namespace voxprior {
namespace {

torch::Tensor white() {
  torch::manual_seed(5);
  return torch::randn({32, 64, 64});
}

double correlation(const torch::Tensor& x, std::int64_t step, std::int64_t axis) {
  return ((x * x.roll(step, axis)).mean() / x.square().mean()).item<double>();
}

// 131,072 samples: the standard error of the variance of white noise is 0.4 %, of correlated noise up to 1.5 %.
TEST(ReconstructionNoise, KeepsTheVariance) {
  for (const double cutoff : {0.15, 0.3, 0.8})
    for (const double overlap : {0., 0.25})
      EXPECT_NEAR(reconstruction_noise(white(), cutoff, overlap).square().mean().item<double>(), 1, 0.05)
          << cutoff << " " << overlap;
}

TEST(ReconstructionNoise, HasNoMeanInAnySlice) {
  const torch::Tensor means = reconstruction_noise(white(), 0.3, 0).mean({1, 2});
  EXPECT_LT(means.abs().max().item<double>(), 1e-5);
}

// For weights (a, 1-2a, a) the correlations at distance 1 and 2 are 2a(1-2a)/q and a^2/q, q = (1-2a)^2 + 2a^2.
TEST(ReconstructionNoise, SlicesOverlapAsAsked) {
  const torch::Tensor x = reconstruction_noise(white(), 0.3, 0.2);
  EXPECT_NEAR(correlation(x, 1, 0), 0.24 / 0.44, 0.02);
  EXPECT_NEAR(correlation(x, 2, 0), 0.04 / 0.44, 0.02);
  EXPECT_NEAR(correlation(reconstruction_noise(white(), 0.3, 0), 1, 0), 0, 0.02);
}

TEST(ReconstructionNoise, SofterKernelsCorrelateNeighboursMore) {
  double last = 1;
  for (const double cutoff : {0.15, 0.3, 0.6}) {
    const torch::Tensor x = reconstruction_noise(white(), cutoff, 0);
    const double along_row = correlation(x, 1, 2);
    EXPECT_NEAR(along_row, correlation(x, 1, 1), 0.02) << "the plane has no preferred direction";
    EXPECT_LT(along_row, last);
    last = along_row;
  }
}

// The power of a ring of frequencies, over all slices, follows f exp(-2 (f/cutoff)^2).
TEST(ReconstructionNoise, FollowsItsPowerSpectrum) {
  const double cutoff = 0.3;
  const torch::Tensor power = torch::fft_fft2(reconstruction_noise(white(), cutoff, 0)).abs().square().mean(0);
  const torch::Tensor f = torch::fft_fftfreq(64);
  const torch::Tensor radius = (f.view({64, 1}).square() + f.view({1, 64}).square()).sqrt();
  const auto ring = [&](const torch::Tensor& values, double from, double to) {
    return values.masked_select((radius >= from).logical_and(radius < to)).mean().item<double>();
  };
  const torch::Tensor law = radius * (-2 * (radius / cutoff).square()).exp();
  const double reference = ring(power, 0.1, 0.2) / ring(law, 0.1, 0.2);
  for (const double from : {0.03, 0.2, 0.3, 0.4})
    EXPECT_NEAR(ring(power, from, from + 0.07) / ring(law, from, from + 0.07) / reference, 1, 0.1) << from;
}

}  // namespace
}  // namespace voxprior
