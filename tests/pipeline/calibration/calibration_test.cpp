#include <gmock/gmock.h>
#include <torch/types.h>

#include "pipeline/calibration/calibration_region.h"
#include "pipeline/calibration/coil_whitening.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

torch::Tensor complex_noise(std::vector<std::int64_t> shape) { return torch::randn(shape, torch::kComplexFloat); }

TEST(CoilWhitening, MakesCorrelatedNoiseWhiteAndKeepsItsPower) {
  torch::manual_seed(1);
  const torch::Tensor mix = complex_noise({5, 5});
  const torch::Tensor noise = torch::matmul(mix, complex_noise({5, 20000}));
  const CoilWhitening whitening = coil_whitening(noise);
  const torch::Tensor white = whitened(whitening, noise);
  const torch::Tensor covariance = torch::matmul(white, white.conj().transpose(0, 1)) / 20000;
  const torch::Tensor expected = 2 * whitening.sigma * whitening.sigma * torch::eye(5);
  EXPECT_LT((covariance - expected).abs().max().item().toDouble(), 1e-3 * whitening.sigma * whitening.sigma);
  EXPECT_NEAR(noise.abs().square().mean().item().toDouble(), 2 * whitening.sigma * whitening.sigma,
              1e-3 * whitening.sigma * whitening.sigma);
}

TEST(CoilWhitening, LeavesWhiteNoiseAlone) {
  torch::manual_seed(2);
  const CoilWhitening whitening = coil_whitening(0.3 * complex_noise({3, 100000}));
  EXPECT_LT((whitening.matrix - torch::eye(3)).abs().max().item().toDouble(), 0.02);
  EXPECT_NEAR(whitening.sigma, 0.3 / std::sqrt(2.), 0.002);  // torch's complex normal has variance 1 in all
}

TEST(CoilWhitening, RefusesADeadCoilAndTooFewSamples) {
  torch::manual_seed(3);
  torch::Tensor noise = complex_noise({3, 100});
  noise[1].zero_();
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { coil_whitening(noise); }), HasSubstr("coil 1 has no noise"));
  noise[1] = noise[0];
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { coil_whitening(noise); }), HasSubstr("no noise of its own"));
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { coil_whitening(noise.narrow(1, 0, 5).contiguous()); }),
              HasSubstr("too few"));
}

TEST(CalibrationRegion, IsTheLargestBoxAroundTheCentre) {
  torch::Tensor mask = torch::zeros({9, 12, 11}, torch::kBool);
  mask.narrow(0, 2, 5).narrow(1, 4, 4).fill_(true);  // D 2..6 (centre 4), H 4..7 (centre 6), W all
  EXPECT_THAT(calibration_region(mask), ElementsAre(5, 4, 11));
  mask[4][6][5] = false;  // the centre itself
  EXPECT_THAT(calibration_region(mask), ElementsAre(0, 0, 0));
  EXPECT_THAT(calibration_region(torch::ones({1, 6, 5}, torch::kBool)), ElementsAre(1, 6, 5));
}

TEST(CalibrationRegion, TooSmallAOneIsRefused) {
  torch::Tensor mask = torch::zeros({1, 20, 20}, torch::kBool);
  mask.narrow(1, 8, 5).fill_(true);
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { required_region(mask); }),
              HasSubstr("no calibration region: around the centre of k-space only 20 x 5 x 1"));
  mask.narrow(1, 6, 8).fill_(true);
  EXPECT_THAT(required_region(mask), ElementsAre(1, 8, 20));
}

TEST(NoiseOfPeriphery, IsTheNoiseWhereSignalHasDecayed) {
  torch::manual_seed(4);
  const torch::Tensor far = torch::linspace(-1, 1, 64).square();
  const torch::Tensor signal = 50 * torch::exp(-20 * (far.view({-1, 1}) + far));
  const torch::Tensor mask = torch::rand({1, 64, 64}) < 0.4;
  const torch::Tensor kspace = (signal + 0.2 * std::sqrt(2.) * complex_noise({4, 1, 64, 64})) * mask;
  EXPECT_NEAR(noise_of_periphery(kspace, mask), 0.2, 0.01);
}

}  // namespace
}  // namespace voxprior
