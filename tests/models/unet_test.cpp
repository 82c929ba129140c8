#include "models/network/unet.h"

#include <gtest/gtest.h>

#include "models/precondition.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

UnetWidths small_widths() { return {{8, 16}, {1, 1}, 8}; }

// A network whose every weight is random, so that nothing is hidden behind a layer that starts at zero.
Unet random_network(const UnetWidths& widths) {
  torch::manual_seed(3);
  Unet network(widths);
  const torch::NoGradGuard no_grad;
  for (auto& p : network->parameters()) p.normal_(0, 0.2);
  return network;
}

HaarPreconditioner unequal_bands() {
  return HaarPreconditioner(torch::tensor({1.9f, 0.09f, 0.08f, 0.03f, 0.07f, 0.025f, 0.02f, 0.013f, 0.3f}));
}

// How far beyond an aligned core along the last axis a result in that core depends on its input. All weights are
// positive, so that nothing cancels and nothing is cut off by a ReLU.
std::int64_t measured_reach(const UnetWidths& widths) {
  Unet network(widths);
  {
    const torch::NoGradGuard no_grad;
    for (auto& p : network->parameters()) p.uniform_(0.01, 0.02);
  }
  const std::int64_t core_begin = 128, core_end = core_begin + widths.alignment(), across = widths.alignment();
  torch::Tensor x = torch::rand({1, 1, across, across, 256}).requires_grad_();
  const torch::Tensor y = unequal_bands().denoise(network, x, torch::full({1}, 0.1));
  y.narrow(4, core_begin, core_end - core_begin).sum().backward();
  const torch::Tensor touched = x.grad().abs().amax({0, 1, 2, 3}).nonzero();
  return std::max(core_begin - touched.min().item<std::int64_t>(), touched.max().item<std::int64_t>() - (core_end - 1));
}

TEST(Unet, HaloCoversTheReceptiveFieldAndIsTight) {
  for (const auto& blocks : {std::vector<std::int64_t>{1, 2, 1}, {2, 2, 1}, {2, 1, 1}, {1, 1}, {2, 1}, {1}}) {
    const UnetWidths widths{std::vector<std::int64_t>(blocks.size(), 8), blocks, 8};
    const std::int64_t reach = measured_reach(widths);
    EXPECT_GE(widths.halo(), reach);
    EXPECT_LE(widths.halo(), reach + widths.alignment());
  }
}

TEST(Unet, ScalesWithItsInputUnlessItHasShifts) {
  torch::manual_seed(1);
  const torch::Tensor features = torch::randn({2, 9, 4, 8, 4}), c_noise = torch::tensor({-0.7f, -0.2f});
  for (const bool shifts : {false, true}) {
    UnetWidths widths = small_widths();
    widths.shifts = shifts;
    Unet network = random_network(widths);
    const torch::Tensor once = network->forward(features, c_noise), twice = network->forward(2 * features, c_noise);
    EXPECT_EQ(torch::allclose(twice, 2 * once, 1e-4, 1e-4), !shifts);
    const torch::NoGradGuard no_grad;
    EXPECT_TRUE(torch::allclose(network->forward(features, c_noise), once, 1e-4, 1e-5)) << "without temporaries";
  }
}

TEST(Unet, UntrainedItIsTheBandwiseWienerFilter) {
  torch::manual_seed(0);
  Unet network(small_widths());
  const HaarPreconditioner preconditioner = unequal_bands();
  const torch::Tensor x = torch::randn({2, 1, 8, 16, 8}), sigma = torch::tensor({0.05f, 0.4f});

  const torch::Tensor variance = preconditioner.feature_std().narrow(0, 0, 8).square().view({1, 8, 1, 1, 1});
  const torch::Tensor gain = variance / (variance + sigma.square().view({2, 1, 1, 1, 1}));
  const torch::Tensor wiener = haar_inverse(haar_forward(x) * gain);
  EXPECT_TRUE(torch::allclose(preconditioner.denoise(network, x, sigma), wiener, 1e-5, 1e-6));
}

TEST(Unet, UntrainedItFiltersEachChannelByItself) {
  UnetWidths widths = small_widths();
  widths.image_channels = 2;
  Unet both(widths), one(small_widths());
  const torch::Tensor first = unequal_bands().feature_std(), second = 0.3 * first.flip(0);
  const HaarPreconditioner preconditioner(torch::cat({first, second}));
  const torch::Tensor x = torch::randn({2, 2, 8, 16, 8}), sigma = torch::tensor({0.05f, 0.4f});
  const torch::Tensor expected = torch::cat({HaarPreconditioner(first).denoise(one, x.narrow(1, 0, 1), sigma),
                                             HaarPreconditioner(second).denoise(one, x.narrow(1, 1, 1), sigma)},
                                            1);
  EXPECT_TRUE(preconditioner.denoise(both, x, sigma).allclose(expected, 1e-5, 1e-6));
  const torch::Tensor risk =
      (HaarPreconditioner(first).wiener_risk(sigma) + HaarPreconditioner(second).wiener_risk(sigma)) / 2;
  EXPECT_TRUE(preconditioner.wiener_risk(sigma).allclose(risk));
}

TEST(Unet, WithAMeanVolumeItActsOnWhatDiffersFromIt) {
  torch::manual_seed(3);
  Unet network = random_network(small_widths());
  const torch::NoGradGuard no_grad;
  const torch::Tensor scale = unequal_bands().feature_std(), mean = torch::randn({1, 8, 16, 8});
  const torch::Tensor x = torch::randn({2, 1, 8, 16, 8}), sigma = torch::tensor({0.05f, 0.4f});
  const HaarPreconditioner centred(scale, LowBand::noisy, 0, {}, mean);
  const torch::Tensor expected = mean + HaarPreconditioner(scale).denoise(network, x - mean, sigma);
  EXPECT_TRUE(torch::allclose(centred.denoise(network, x, sigma), expected, 1e-5, 1e-6));
  EXPECT_THROW(centred.denoise(network, torch::randn({2, 1, 8, 8, 8}), sigma), c10::Error);
}

TEST(Unet, WienerRiskIsTheErrorOfTheWienerFilter) {
  torch::manual_seed(1);
  Unet network(small_widths());
  const HaarPreconditioner preconditioner = unequal_bands();
  const torch::Tensor sigma = torch::full({1}, 0.1);
  const torch::Tensor clean = haar_inverse(torch::randn({1, 8, 32, 32, 32}) *
                                           preconditioner.feature_std().narrow(0, 0, 8).view({1, 8, 1, 1, 1}));
  const torch::Tensor estimate = preconditioner.denoise(network, clean + 0.1 * torch::randn_like(clean), sigma);
  const double error = (estimate - clean).square().mean().item<double>();
  EXPECT_NEAR(error / preconditioner.wiener_risk(sigma).item<double>(), 1, 0.02);  // 0.998 measured
}

TEST(Unet, EachSampleOfABatchIsTreatedAlone) {
  Unet network = random_network(small_widths());
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({2, 1, 16, 16, 16}), sigma = torch::tensor({0.02f, 0.3f});
  const torch::Tensor both = unequal_bands().denoise(network, x, sigma);
  const torch::Tensor second = unequal_bands().denoise(network, x.narrow(0, 1, 1), sigma.narrow(0, 1, 1));
  // Other kernels serve a batch of one: equal to rounding, 3e-7 measured.
  EXPECT_LT(((both.narrow(0, 1, 1) - second).norm() / second.norm()).item<double>(), 1e-5);
}

TEST(Unet, InferenceWithoutTemporariesEqualsTheDifferentiableForm) {
  Unet network = random_network(small_widths());
  const torch::Tensor x = torch::randn({1, 1, 16, 16, 16}), sigma = torch::full({1}, 0.1);
  const torch::Tensor with_graph = unequal_bands().denoise(network, x, sigma).detach();
  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(torch::allclose(unequal_bands().denoise(network, x, sigma), with_graph, 1e-5, 1e-6));
}

TEST(Unet, Bfloat16BodyStaysNearFloat32) {
  Unet network = random_network(small_widths());
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({1, 1, 16, 16, 16}), sigma = torch::full({1}, 0.1);
  const torch::Tensor exact = unequal_bands().denoise(network, x, sigma);
  const torch::Tensor rough = unequal_bands().denoise(network, x, sigma, torch::kBFloat16);
  // Measured: 0.003 with AVX512-BF16, whose kernels add up in float32; 0.035 without, where sums are rounded, too.
  EXPECT_LT(((exact - rough).norm() / exact.norm()).item<double>(), 0.1);
  EXPECT_GT((exact - rough).abs().max().item<double>(), 0);  // the body really ran in bfloat16
}

}  // namespace
}  // namespace voxprior
