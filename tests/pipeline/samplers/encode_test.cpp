#include "pipeline/samplers/encode.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>
#include <stdexcept>
#include <vector>

#include "base/error.h"
#include "pipeline/samplers/dpm_solver_2m.h"
#include "pipeline/samplers/heun.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/truncated_start.h"
#include "tests/pipeline/samplers/closed_forms.h"

namespace voxprior {
namespace {

constexpr double kSigmaMin = 0.02, kSigmaMax = 20;

/// Values on both peaks and between them.
torch::Tensor volume() { return torch::linspace(-1.6, 1.7, 60, torch::kDouble).view({1, 1, 3, 4, 5}); }

double round_trip_error(int steps, const OdeStep& step) {
  const std::vector<double> sigmas = log_uniform_schedule(steps + 1, kSigmaMin, kSigmaMax);
  const Denoiser denoise = test::TwoPeaks().denoiser();
  const torch::Tensor back = decode(denoise, encode(denoise, volume(), sigmas, {}, step), sigmas, {}, step);
  return (back - volume()).square().mean().sqrt().item<double>();
}

TEST(Encode, GoesWhereTheOdeGoes) {
  const test::TwoPeaks data;
  const torch::Tensor latent = encode(data.denoiser(), volume(), log_uniform_schedule(101, kSigmaMin, kSigmaMax));
  for (std::int64_t i = 0; i < 60; i += 7) {
    const double exact = data.ode_solution(volume().flatten()[i].item<double>(), kSigmaMin, kSigmaMax);
    EXPECT_NEAR(latent.flatten()[i].item<double>(), exact, 1e-4 * kSigmaMax);
  }
}

TEST(Encode, TurnsDataIntoWhiteNoiseOfSigmaMax) {
  const test::TwoPeaks data;
  const torch::Tensor random = starting_noise({1}, {1, 40, 40, 40}, 1),
                      sign = starting_noise({2}, {1, 40, 40, 40}, 1).sign();
  const torch::Tensor samples = sign * data.centre + std::hypot(data.std, kSigmaMin) * random;
  const torch::Tensor latent = encode(data.denoiser(), samples, karras_schedule(30, kSigmaMin, kSigmaMax));
  const double expected = std::hypot(kSigmaMax, std::sqrt(data.variance()));
  EXPECT_NEAR(latent.std().item<double>() / expected, 1, 0.01);  // standard error 0.28 %
  const torch::Tensor normal = latent / latent.std();
  EXPECT_NEAR(normal.pow(4).mean().item<double>(), 3,
              0.1);  // kurtosis of a Gaussian, standard error 0.02; of the data 1.2
}

TEST(Encode, RoundTripErrorFallsOneOrderFasterThanThatOfTheSolver) {
  // The leading error of a method of even order is odd in the step: what it adds on the way up it takes away again on
  // the way down. Measured 3.0 and 5.0.
  const double heun = std::log2(round_trip_error(64, heun_step) / round_trip_error(128, heun_step));
  const double rk4 = std::log2(round_trip_error(32, rk4_step) / round_trip_error(64, rk4_step));
  EXPECT_NEAR(heun, 3, 0.25);
  EXPECT_NEAR(rk4, 5, 0.4);
}

TEST(Encode, RoundTripReturnsTheVolume) {
  EXPECT_LT(round_trip_error(10, rk4_step), 4e-3);   // measured 2.2e-3, peaks at -1 and 1
  EXPECT_LT(round_trip_error(40, rk4_step), 6e-6);   // measured 3.1e-6
  EXPECT_LT(round_trip_error(40, heun_step), 7e-4);  // measured 3.6e-4
}

TEST(Encode, ASampleDoesNotDependOnItsBatch) {
  const std::vector<double> sigmas = karras_schedule(6, kSigmaMin, kSigmaMax);
  const torch::Tensor batch = starting_noise({1, 2, 3}, {1, 3, 4, 5}, 1);
  const Denoiser denoise = test::TwoPeaks().denoiser();
  EXPECT_TRUE(
      torch::equal(encode(denoise, batch, sigmas).narrow(0, 1, 1), encode(denoise, batch.narrow(0, 1, 1), sigmas)));
}

TEST(Encode, ReportsProgressAndRefusesASingleLevel) {
  double last = 0;
  const Denoiser denoise = test::TwoPeaks().denoiser();
  encode(denoise, volume(), {4, 2, 1, 0}, [&](double fraction) { last = fraction; });
  EXPECT_EQ(last, 1);
  EXPECT_THROW(encode(denoise, volume(), {4, 0}), c10::Error);
  EXPECT_THROW(decode(denoise, volume(), {1, 2}), c10::Error);
}

TEST(TruncatedStart, KeepsTheVolumeUnderNoiseOfItsSeed) {
  const torch::Tensor x = volume().to(torch::kFloat32).repeat({2, 1, 1, 1, 1});
  const torch::Tensor start = truncated_start(x, 0.3, {5, 0});
  EXPECT_TRUE(torch::equal(start.narrow(0, 1, 1), truncated_start(x.narrow(0, 1, 1), 0.3, {0})));
  EXPECT_TRUE(torch::allclose(start - x, starting_noise({5, 0}, {1, 3, 4, 5}, 0.3), 1e-5, 1e-6));
  EXPECT_THROW(truncated_start(x, 0.3, {5}), c10::Error);
}

TEST(TruncatedStart, SamplingFromItStaysOnThePeakOfTheVolume) {
  // Noise of 0.3 hardly ever moves a voxel from one peak to the other, two apart; noise of 20 forgets the peak.
  const test::TwoPeaks data;
  const torch::Tensor x = torch::ones({1, 1, 16, 16, 16});
  const auto share_on_the_peak = [&](double sigma) {
    const std::vector<double> sigmas = truncated_schedule(log_uniform_schedule(20, kSigmaMin, kSigmaMax), sigma);
    const torch::Tensor y = sample_dpm_solver_2m(data.denoiser(), truncated_start(x, sigma, {7}), sigmas);
    return (y > 0).to(torch::kFloat32).mean().item<double>();
  };
  EXPECT_GT(share_on_the_peak(0.3), 0.99);
  EXPECT_NEAR(share_on_the_peak(20), 0.52, 0.03);  // P(1 + 20 n > 0) = 0.520, standard error 0.008
}

TEST(TruncatedSchedule, IsTheRestOfTheScheduleFromSigma) {
  const std::vector<double> sigmas{8, 4, 2, 1, 0};
  EXPECT_EQ(truncated_schedule(sigmas, 8), sigmas);
  EXPECT_EQ(truncated_schedule(sigmas, 3), (std::vector<double>{3, 2, 1, 0}));
  EXPECT_EQ(truncated_schedule(sigmas, 2.01), (std::vector<double>{2.01, 1, 0}));  // no step from 2.01 to 2
  EXPECT_EQ(truncated_schedule(sigmas, 0.5), (std::vector<double>{0.5, 0}));
  EXPECT_THROW(truncated_schedule(sigmas, 9), Error);
  EXPECT_THROW(truncated_schedule(sigmas, 0), Error);
  EXPECT_THROW(truncated_schedule({4, 2, 1}, 1), Error);
}

}  // namespace
}  // namespace voxprior
