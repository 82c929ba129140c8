#include "pipeline/reconstruction/ct_scan_noise.h"

#include <gtest/gtest.h>
#include <torch/fft.h>
#include <torch/types.h>

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

double variance(const torch::Tensor& x) { return x.to(torch::kDouble).square().mean().item<double>(); }

// At the isocentre every view reads one column, so FBP is a plain sum: with the ramp sampled in space, whose squares
// sum to 1 / (12 pitch^4), each of V views adds (pi/V)^2 var(p) / (12 pitch^2).
TEST(CtScanNoise, VariancePropagatesThroughFilteredBackProjection) {
  const torch::Tensor air = torch::zeros({8000, 5, 5});
  CtScan scan;
  scan.spacing_mm = {0.8, 0.8, 1};
  scan.views = 12;
  scan.kernel = RampWindow::none;
  scan.dose = {1000, 20};
  const double ray = (1000 + 20 * 20) / 1e6;  // Poisson and electronic, over the squared count
  const double expected = std::pow(std::acos(-1.), 2) * ray / (12 * 12 * 0.8 * 0.8);
  const torch::Tensor noise = ct_scan_noise(air, scan);
  EXPECT_NEAR(variance(noise.select(1, 2).select(1, 2)) / expected, 1, 0.06);  // standard error 1.6 %
}

TEST(CtScanNoise, IsWeakerForMorePhotonsAndSofterKernels) {
  const torch::Tensor object = torch::full({4, 24, 24}, 0.02);
  CtScan scan;
  scan.views = 40;
  scan.dose.photons = 1e4;
  const double soft = variance(ct_scan_noise(object, scan));
  scan.kernel = RampWindow::none;
  const double sharp = variance(ct_scan_noise(object, scan));
  scan.dose.photons = 4e4;
  const double brighter = variance(ct_scan_noise(object, scan));
  EXPECT_GT(sharp, 2 * soft);
  EXPECT_NEAR(sharp / brighter, 4, 0.5);
}

// The power of the noise grows with frequency as the ramp does (Riederer, Pelc & Chesler 1978), times the sinc^4 of
// linear interpolation between columns: f sinc^4(f).
TEST(CtScanNoise, HasThePowerSpectrumOfTheRamp) {
  CtScan scan;
  scan.views = 100;
  scan.dose.photons = 1e4;
  scan.kernel = RampWindow::none;
  const torch::Tensor noise = ct_scan_noise(torch::zeros({16, 48, 48}), scan);
  const torch::Tensor power = torch::fft_fft2(noise).abs().square().mean(0);
  const torch::Tensor f = torch::fft_fftfreq(48);
  const torch::Tensor radius = (f.view({48, 1}).square() + f.view({1, 48}).square()).sqrt();
  const auto ring = [&](double from, double to) {
    return power.masked_select((radius >= from).logical_and(radius < to)).mean().item<double>();
  };
  const double low = ring(0.05, 0.1), middle = ring(0.15, 0.2), high = ring(0.25, 0.3);
  EXPECT_NEAR(middle / low, 2.0, 0.4);
  EXPECT_NEAR(high / middle, 1.17, 0.25);
}

// Along an ellipse three times as long as wide few photons arrive; a current that follows the attenuation helps.
TEST(CtScanNoise, ModulationSparesTheWorstViews) {
  const torch::Tensor at = torch::arange(40, torch::kFloat) - 19.5;
  const torch::Tensor inside = (at / 18).square().view({1, 1, 40}) + (at / 6).square().view({1, 40, 1}) < 1;
  const torch::Tensor object = (0.15 * inside.to(torch::kFloat)).expand({16, 40, 40}).contiguous();
  CtScan scan;
  scan.views = 60;
  scan.dose.photons = 1e5;
  const auto at_the_middle = [&] { return variance(ct_scan_noise(object, scan).narrow(1, 17, 6).narrow(2, 17, 6)); };
  const double constant = at_the_middle();
  scan.modulation = 0.5;
  EXPECT_LT(at_the_middle(), 0.85 * constant);
}

TEST(CtScanNoise, DependsOnTheSeedAloneAndNotOnHowSlicesAreCut) {
  CtScan scan;
  scan.views = 10;
  scan.dose.photons = 1000;
  scan.seed = 5;
  const torch::Tensor object = torch::full({20, 8, 8}, 0.02);
  const torch::Tensor noise = ct_scan_noise(object, scan);
  EXPECT_TRUE(torch::equal(noise, ct_scan_noise(object, scan)));
  EXPECT_FALSE(torch::equal(noise.narrow(0, 0, 8), noise.narrow(0, 8, 8)));
  scan.seed = 6;
  EXPECT_FALSE(torch::equal(noise, ct_scan_noise(object, scan)));
}

TEST(CtScanNoise, RefusesADoseThatCannotBe) {
  CtScan scan;
  EXPECT_THROW(ct_scan_noise(torch::zeros({1, 4, 4}), scan), Error);
  scan.dose.photons = 100;
  scan.modulation = 2;
  EXPECT_THROW(ct_scan_noise(torch::zeros({1, 4, 4}), scan), Error);
}

}  // namespace
}  // namespace voxprior
