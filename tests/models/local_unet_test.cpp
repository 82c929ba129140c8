#include "models/network/local_unet.h"

#include <gtest/gtest.h>

#include "models/precondition.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

LocalUnetWidths small_widths() { return {{8, 16}, {1, 1}, 8}; }

// A network whose every weight is random, so that nothing is hidden behind a layer that starts at zero.
LocalUnet random_network(const LocalUnetWidths& widths) {
  torch::manual_seed(3);
  LocalUnet network(widths);
  const torch::NoGradGuard no_grad;
  for (auto& p : network->parameters()) p.normal_(0, 0.2);
  return network;
}

HaarPreconditioner unequal_bands() {
  return HaarPreconditioner(torch::tensor({1.9f, 0.09f, 0.08f, 0.03f, 0.07f, 0.025f, 0.02f, 0.013f, 0.3f}));
}

TEST(LocalUnet, DependsOnNothingBeyondItsHalo) {
  const LocalUnetWidths widths = small_widths();
  LocalUnet network = random_network(widths);
  const std::int64_t side = 64, voxel = 24;
  ASSERT_GT(side - voxel, widths.halo());

  torch::Tensor x = torch::randn({1, 1, side, side, side}).requires_grad_();
  unequal_bands().denoise(network, x, torch::full({1}, 0.1)).index({0, 0, voxel, voxel, voxel}).backward();
  const torch::Tensor touched = x.grad().squeeze().abs().amax({0, 1}) > 0;  // along the last axis

  const torch::Tensor where = touched.nonzero();
  EXPECT_GE(where.min().item<std::int64_t>(), voxel - widths.halo());
  EXPECT_LE(where.max().item<std::int64_t>(), voxel + widths.halo());
  EXPECT_GT(where.max().item<std::int64_t>(),
            voxel + widths.halo() - 2 * widths.alignment());  // and the halo is not idle
}

TEST(LocalUnet, UntrainedItIsTheBandwiseWienerFilter) {
  torch::manual_seed(0);
  LocalUnet network(small_widths());
  const HaarPreconditioner preconditioner = unequal_bands();
  const torch::Tensor x = torch::randn({2, 1, 8, 16, 8}), sigma = torch::tensor({0.05f, 0.4f});

  const torch::Tensor variance = preconditioner.feature_std().narrow(0, 0, 8).square().view({1, 8, 1, 1, 1});
  const torch::Tensor gain = variance / (variance + sigma.square().view({2, 1, 1, 1, 1}));
  const torch::Tensor wiener = haar_inverse(haar_forward(x) * gain);
  EXPECT_TRUE(torch::allclose(preconditioner.denoise(network, x, sigma), wiener, 1e-5, 1e-6));
}

TEST(LocalUnet, WienerRiskIsTheErrorOfTheWienerFilter) {
  torch::manual_seed(1);
  LocalUnet network(small_widths());
  const HaarPreconditioner preconditioner = unequal_bands();
  const torch::Tensor sigma = torch::full({1}, 0.1);
  const torch::Tensor clean = haar_inverse(torch::randn({1, 8, 32, 32, 32}) *
                                           preconditioner.feature_std().narrow(0, 0, 8).view({1, 8, 1, 1, 1}));
  const torch::Tensor estimate = preconditioner.denoise(network, clean + 0.1 * torch::randn_like(clean), sigma);
  const double error = (estimate - clean).square().mean().item<double>();
  EXPECT_NEAR(error / preconditioner.wiener_risk(sigma).item<double>(), 1, 0.02);  // 0.998 measured
}

TEST(LocalUnet, EachSampleOfABatchIsTreatedAlone) {
  LocalUnet network = random_network(small_widths());
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({2, 1, 16, 16, 16}), sigma = torch::tensor({0.02f, 0.3f});
  const torch::Tensor both = unequal_bands().denoise(network, x, sigma);
  const torch::Tensor second = unequal_bands().denoise(network, x.narrow(0, 1, 1), sigma.narrow(0, 1, 1));
  EXPECT_TRUE(torch::allclose(both.narrow(0, 1, 1), second, 1e-4, 1e-5));
}

TEST(LocalUnet, InferenceWithoutTemporariesEqualsTheDifferentiableForm) {
  LocalUnet network = random_network(small_widths());
  const torch::Tensor x = torch::randn({1, 1, 16, 16, 16}), sigma = torch::full({1}, 0.1);
  const torch::Tensor with_graph = unequal_bands().denoise(network, x, sigma).detach();
  const torch::NoGradGuard no_grad;
  EXPECT_TRUE(torch::allclose(unequal_bands().denoise(network, x, sigma), with_graph, 1e-5, 1e-6));
}

TEST(LocalUnet, Bfloat16BodyStaysNearFloat32) {
  LocalUnet network = random_network(small_widths());
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({1, 1, 16, 16, 16}), sigma = torch::full({1}, 0.1);
  const torch::Tensor exact = unequal_bands().denoise(network, x, sigma);
  const torch::Tensor rough = unequal_bands().denoise(network, x, sigma, torch::kBFloat16);
  EXPECT_LT(((exact - rough).norm() / exact.norm()).item<double>(), 0.02);  // 0.003 measured
  EXPECT_GT((exact - rough).abs().max().item<double>(), 0);                 // the body really ran in bfloat16
}

}  // namespace
}  // namespace voxprior
