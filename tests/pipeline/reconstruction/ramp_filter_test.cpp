#include "pipeline/reconstruction/ramp_filter.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);

torch::Tensor of_impulse(RampWindow window, double pitch) {
  const torch::Tensor impulse = torch::zeros({1, 1, 129});
  impulse[0][0][64] = 1;
  return ramp_filtered(impulse, ramp_kernel(129, pitch), pitch, window)[0][0];
}

TEST(RampFilter, AnImpulseGivesTheKernelOfKakAndSlaney) {
  const double pitch = 0.7;
  const torch::Tensor h = of_impulse(RampWindow::none, pitch) / pitch;
  EXPECT_NEAR(h[64].item().toDouble(), 1 / (4 * pitch * pitch), 1e-6);
  EXPECT_NEAR(h[65].item().toDouble(), -1 / std::pow(kPi * pitch, 2), 1e-6);
  EXPECT_NEAR(h[61].item().toDouble(), -1 / std::pow(3 * kPi * pitch, 2), 1e-6);
  EXPECT_NEAR(h[66].item().toDouble(), 0, 1e-6);
}

// A wave of frequency f passes with |f| times the window.
TEST(RampFilter, WavesPassInProportionToTheirFrequency) {
  const double pitch = 0.5, nyquist = 1 / (2 * pitch);
  const torch::Tensor n = torch::arange(4097, torch::kDouble);
  for (const double a : {0.1, 0.5, 0.9}) {
    const torch::Tensor wave = torch::cos(kPi * a * n).to(torch::kFloat).reshape({1, 1, -1});
    const auto gain = [&](RampWindow window) {
      const torch::Tensor out = ramp_filtered(wave, ramp_kernel(4097, pitch), pitch, window);
      const torch::Tensor middle = out[0][0].slice(0, 1024, 3072), in = wave[0][0].slice(0, 1024, 3072);
      return ((middle * in).sum() / (in * in).sum()).item().toDouble();
    };
    EXPECT_NEAR(gain(RampWindow::none), a * nyquist, 2e-3);
    EXPECT_NEAR(gain(RampWindow::hann), a * nyquist * (1 + std::cos(kPi * a)) / 2, 2e-3);
    EXPECT_NEAR(gain(RampWindow::cosine), a * nyquist * std::cos(kPi * a / 2), 2e-3);
    EXPECT_NEAR(gain(RampWindow::shepp_logan), a * nyquist * std::sin(kPi * a / 2) / (kPi * a / 2), 2e-3);
  }
}

}  // namespace
}  // namespace voxprior
