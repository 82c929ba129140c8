#include "models/network/autoencoder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <fstream>

#include "base/error.h"
#include "models/autoencoder_file.h"
#include "models/latent_space.h"
#include "models/training/reconstruction_loss.h"
#include "models/weights/safetensors.h"
#include "pipeline/tiling/tiled.h"
#include "pipeline/wavelet/haar.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

AutoencoderWidths small_widths() { return {{8, 16}, {1, 2}, 4}; }

// A network whose every weight is random, so that nothing is hidden behind a layer that starts at zero.
Autoencoder random_network(const AutoencoderWidths& widths) {
  torch::manual_seed(3);
  Autoencoder network(widths);
  const torch::NoGradGuard no_grad;
  for (auto& p : network->parameters()) p.normal_(0, 0.1);
  network->set_band_scales(torch::linspace(1.9, 0.05, 9), torch::linspace(5, 1, widths.latent_channels));
  network->set_latent_scales(torch::linspace(-0.5, 0.5, widths.latent_channels),
                             torch::linspace(0.5, 2, widths.latent_channels));
  return network;
}

// For reaches: all weights positive, so that nothing cancels and nothing is cut off by a ReLU.
Autoencoder positive_network(const AutoencoderWidths& widths) {
  Autoencoder network(widths);
  const torch::NoGradGuard no_grad;
  for (auto& p : network->parameters()) p.uniform_(0.01, 0.02);
  return network;
}

// How far the non-zero part of a gradient along the last axis goes beyond begin .. end - 1.
std::int64_t reach_beyond(const torch::Tensor& gradient, std::int64_t begin, std::int64_t end) {
  const torch::Tensor touched = gradient.abs().amax({0, 1, 2, 3}).nonzero();
  return std::max(begin - touched.min().item<std::int64_t>(), touched.max().item<std::int64_t>() - (end - 1));
}

ModelCard card() {
  ModelCard card;
  card.name = "test";
  card.kind = "autoencoder";
  card.intensity = "mr-p99.5";
  card.modality = "mr";
  card.recipe_sha256 = std::string(64, '0');
  return card;
}

TEST(Autoencoder, KeptBandsAreThoseOfTheVolumeThatHasThem) {
  torch::manual_seed(1);
  for (const std::size_t levels : {1, 2, 3}) {
    const torch::Tensor kept = torch::randn({2, 5, 2, 3, 1});
    const torch::Tensor volume = haar_inverse(finest_bands(kept, levels));
    EXPECT_EQ(volume.size(3), 3 << levels);
    EXPECT_TRUE(torch::allclose(kept_bands(volume, levels, 5), kept, 1e-5, 1e-5)) << levels;
    EXPECT_NEAR(volume.norm().item<double>(), kept.norm().item<double>(), 1e-3);  // orthonormal
  }
}

TEST(Autoencoder, UntrainedItIsPrincipalComponentAnalysisOfUncorrelatedBands) {
  // Gaussian volumes with independent bands of known variance, falling in the order in which bands are kept: the four
  // largest principal components of each block of 4x4x4 voxels are the four bands kept, and the error is the rest.
  torch::manual_seed(2);
  const double fine_std = 0.05;
  const torch::Tensor coarse_std = torch::tensor({3.f, 0.9f, 0.8f, 0.2f, 0.7f, 0.15f, 0.1f, 0.06f});  // by band number
  const torch::Tensor coarse = torch::randn({1, 8, 16, 16, 16}) * coarse_std.view({1, 8, 1, 1, 1});
  const torch::Tensor low = haar_inverse(coarse);
  const torch::Tensor x = haar_inverse(torch::cat({low, fine_std * torch::randn({1, 7, 32, 32, 32})}, 1));
  const double dropped = 0.2 * 0.2 + 0.15 * 0.15 + 0.1 * 0.1 + 0.06 * 0.06 + 56 * fine_std * fine_std;  // of 64

  Autoencoder network(small_widths());
  network->set_band_scales(torch::full({9}, 0.3f), torch::tensor({3.f, 0.9f, 0.8f, 0.7f}));
  const torch::NoGradGuard no_grad;
  const Posterior posterior = network->posterior(x);
  const double error = (network->reconstruct(posterior.mean) - x).square().mean().item<double>();
  EXPECT_NEAR(error / (dropped / 64), 1, 0.02);  // sampling error of 4096 blocks
  EXPECT_NEAR(posterior.mean.square().mean().item<double>(), 1, 0.05);
}

TEST(Autoencoder, HalosCoverTheReachOfBothHalvesAndAreTight) {
  for (const auto& blocks : {std::vector<std::int64_t>{1, 2}, {2, 1}, {1}, {1, 1, 1}}) {
    const AutoencoderWidths widths{std::vector<std::int64_t>(blocks.size(), 8), blocks, 2};
    Autoencoder network = positive_network(widths);
    const std::int64_t factor = widths.factor(), begin = 128, end = 128 + factor;
    torch::Tensor x = torch::rand({1, 1, factor, factor, 256}).requires_grad_();
    network->posterior(x).mean.narrow(4, begin / factor, 1).sum().backward();
    const std::int64_t encoder = reach_beyond(x.grad(), begin, end);
    EXPECT_GE(widths.encoder_halo(), encoder);
    EXPECT_LE(widths.encoder_halo(), encoder + factor);

    torch::Tensor z = torch::rand({1, 2, 1, 1, 256 / factor}).requires_grad_();
    network->reconstruct(z).narrow(4, begin, factor).sum().backward();
    const std::int64_t decoder = factor * reach_beyond(z.grad(), begin / factor, end / factor);
    EXPECT_GE(widths.decoder_halo(), decoder);
    EXPECT_LE(widths.decoder_halo(), decoder + factor);
  }
}

double largest_relative_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

TEST(Autoencoder, TilesGiveWhatTheWholeVolumeGivesAndATooSmallHaloDoesNot) {
  const AutoencoderWidths widths = small_widths();
  Autoencoder network = random_network(widths);
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::rand({1, 1, 32, 64, 120});
  const torch::Tensor whole = network->encode(x), back = network->decode(whole);
  const auto encode = [&](const torch::Tensor& tile) { return network->encode(tile); };
  const auto decode = [&](const torch::Tensor& tile) { return network->decode(tile); };
  const auto plan = [](std::int64_t halo) { return plan_tiles_of({32, 64, 120}, {halo, 4}, {16, 32, 20}); };

  EXPECT_LT(largest_relative_difference(evaluate_in_tiles(encode, x, plan(widths.encoder_halo()), {1, 4}), whole),
            1e-5);
  EXPECT_LT(largest_relative_difference(evaluate_in_tiles(decode, whole, plan(widths.decoder_halo()), {4, 1}), back),
            1e-5);
  EXPECT_GT(largest_relative_difference(evaluate_in_tiles(encode, x, plan(12), {1, 4}), whole), 1e-4);
  EXPECT_GT(largest_relative_difference(evaluate_in_tiles(decode, whole, plan(12), {4, 1}), back), 1e-4);
}

TEST(Autoencoder, LatentScalesAreAppliedOnTheWayInAndTakenOffOnTheWayOut) {
  Autoencoder network = random_network(small_widths());
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::rand({1, 1, 16, 16, 16});
  const torch::Tensor raw = network->posterior(x).mean, scaled = network->encode(x);
  EXPECT_TRUE(torch::allclose(scaled[0][0] * 0.5 - 0.5, raw[0][0], 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(scaled[0][3] * 2 + 0.5, raw[0][3], 1e-4, 1e-5));
  EXPECT_LT(largest_relative_difference(network->decode(scaled), network->reconstruct(raw)), 1e-5);
}

TEST(ReconstructionLoss, DivergenceIsTheIntegralThatDefinesIt) {
  const double mean = 0.7, variance = 0.3;
  double integral = 0;  // of p ln(p/q), by the midpoint rule
  const double step = 1e-3;
  for (double z = -8; z < 8; z += step) {
    const double at = z + step / 2, ln_p = -std::pow(at - mean, 2) / (2 * variance) - std::log(2 * M_PI * variance) / 2;
    integral += step * std::exp(ln_p) * (ln_p + at * at / 2 + std::log(2 * M_PI) / 2);
  }
  const Posterior posterior{torch::full({1, 2, 3, 3, 3}, mean), torch::full({1, 2, 3, 3, 3}, std::log(variance))};
  EXPECT_NEAR(kl_divergence(posterior).item<double>(), integral, 1e-5);
  EXPECT_NEAR(kl_divergence({torch::zeros({1, 1, 2, 2, 2}), torch::zeros({1, 1, 2, 2, 2})}).item<double>(), 0, 1e-7);
}

TEST(ReconstructionLoss, GradientsCountSlopesAndNotIntensities) {
  const torch::Tensor flat = torch::full({1, 1, 16, 16, 16}, 0.4);
  EXPECT_NEAR(multi_scale_gradient_loss(flat + 3, flat, 3).item<double>(), 0, 1e-6);
  // A slope of 1 a voxel along one axis of three is 1, 2 and 4 at the three scales.
  const torch::Tensor ramp = flat + torch::arange(16.).view({1, 1, 1, 16, 1});
  EXPECT_NEAR(multi_scale_gradient_loss(ramp, flat, 3).item<double>(), (1 + 2 + 4) / 9., 1e-5);
  EXPECT_NEAR(multi_scale_gradient_loss(ramp, flat, 1).item<double>(), 1 / 3., 1e-5);
}

class AutoencoderFiles : public testing::Test {
 protected:
  std::filesystem::path file() const { return scratch_ / "autoencoder.safetensors"; }
  std::string refusal() const {
    try {
      read_autoencoder(file());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::model);
      return error.what();
    }
    return "was accepted";
  }
  test::ScratchFolder scratch_;
};

TEST_F(AutoencoderFiles, CarryTheScalesAndGiveTheSameLatents) {
  Autoencoder network = random_network(small_widths());
  write_autoencoder(file(), network, card(), Overwrite::no);
  const LatentSpace space(file());
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::rand({1, 1, 32, 16, 24});
  const torch::Tensor latent = space.encode(x);
  EXPECT_TRUE(torch::equal(latent, network->encode(x)));
  EXPECT_TRUE(torch::equal(space.decode(latent, 1e9), network->decode(latent)));
  EXPECT_EQ(space.factor(), 4);
  EXPECT_EQ(space.channels(), 4);
  try {
    space.decode(latent, 1000);
    FAIL() << "decoded in 1000 bytes";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::resources);
  }
}

TEST_F(AutoencoderFiles, WithoutScalesOrWithImpossibleOnesAreRefused) {
  write_autoencoder(file(), random_network(small_widths()), card(), Overwrite::no);
  const SafetensorsFile whole = read_safetensors(file());
  const auto without = [&](const std::string& name, const torch::Tensor& instead) {
    SafetensorsFile changed = whole;
    changed.tensors.erase(name);
    if (instead.defined()) changed.tensors[name] = instead;
    write_safetensors(file(), changed, Overwrite::yes);
    return refusal();
  };
  EXPECT_THAT(without("scale.latent_std", {}), testing::HasSubstr("'scale.latent_std' is missing"));
  EXPECT_THAT(without("scale.latent_std", torch::zeros({4})), testing::HasSubstr("4 positive"));
  EXPECT_THAT(without("scale.latent_mean", torch::full({4}, NAN)), testing::HasSubstr("4 finite"));
  EXPECT_THAT(without("scale.kept_std", torch::ones({5})), testing::HasSubstr("4 positive"));
  EXPECT_THAT(without("network.decoder_stem.weight", {}), testing::HasSubstr("is missing"));
}

TEST_F(AutoencoderFiles, OfAnotherKindOrWithForgedWidthsAreRefused) {
  ModelCard other = card();
  other.kind = "denoiser";
  other.sigma_min = 0.1, other.sigma_max = 1;
  write_autoencoder(file(), random_network(small_widths()), other, Overwrite::no);
  EXPECT_THAT(refusal(), testing::HasSubstr("wanted is an autoencoder"));

  write_autoencoder(file(), random_network(small_widths()), card(), Overwrite::yes);
  SafetensorsFile forged = read_safetensors(file());
  std::string& text = forged.metadata[kModelCardKey];
  text.replace(text.find("\"latent_channels\":[4]"), 21, "\"latent_channels\":[9]");
  write_safetensors(file(), forged, Overwrite::yes);
  EXPECT_THAT(refusal(), testing::HasSubstr("'latent_channels' is 9, allowed is 1 to 8"));
}

}  // namespace
}  // namespace voxprior
