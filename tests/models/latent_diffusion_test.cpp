// Diffusion in the latent space of an autoencoder: what is drawn, trained, stored and put together again.
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/sha256.h"
#include "models/cascade_files.h"
#include "models/latent_space.h"
#include "models/network_file.h"
#include "models/training/train_network.h"
#include "pipeline/wavelet/haar.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

TrainingVolume blobs(const std::string& name, std::uint64_t seed, std::int64_t depth = 16) {
  torch::manual_seed(seed);
  const torch::Tensor x = torch::avg_pool3d(torch::rand({1, 1, depth, 24, 16}), 3, 1, 1);
  return {name, x.view({depth, 24, 16}).contiguous(), {2, 2, 2}};
}

/// An autoencoder of factor 2 and three latent channels with random weights.
void write_random_autoencoder(const fs::path& path, std::uint64_t seed, const std::string& modality = "mr") {
  torch::manual_seed(seed);
  Autoencoder network(AutoencoderWidths{{8}, {1}, 3});
  const torch::NoGradGuard no_grad;
  for (auto& p : network->parameters()) p.normal_(0, 0.1);
  network->set_latent_scales(torch::tensor({0.5f, 0.f, -0.2f}), torch::tensor({2.f, 0.5f, 0.3f}));
  ModelCard card;
  card.name = "test";
  card.kind = "autoencoder";
  card.intensity = modality == "ct" ? "ct-hu/1000" : "mr-p99.5";
  card.modality = modality;
  card.recipe_sha256 = std::string(64, '0');
  write_autoencoder(path, network, card, Overwrite::yes);
}

class LatentDiffusion : public testing::Test {
 protected:
  void SetUp() override {
    at::set_num_threads(1);
    write_random_autoencoder(autoencoder(), 1);
  }
  fs::path autoencoder() const { return scratch_ / "autoencoder.safetensors"; }

  TrainingRun tiny_run(const std::string& folder, std::int64_t steps) const {
    TrainingRun run;
    run.config.kind = ModelKind::diffusion;
    run.config.model.widths = {{8, 16}, {1, 1}, 8, 2, 3};
    run.config.data.autoencoder = autoencoder().string();
    run.config.augment.gamma = 0;
    run.config.noise = {0.01, 40, 0.6, 1.4, 0.15, 0};
    run.config.training.steps = steps;
    run.config.training.cooldown = 0;
    run.config.training.batch = 2;
    run.config.training.precision = "float32";
    run.recipe = "tiny";
    run.out_folder = scratch_ / folder;
    return run;
  }
  static void train(const TrainingRun& run) {
    train_network(run, {blobs("a", 1), blobs("b", 2)}, {blobs("held out", 3)}, [](const TrainingProgress&) {});
  }

  /// A folder for synth: the coarse network of a run, and the autoencoder.
  fs::path model_folder(const std::string& run) const {
    const fs::path folder = scratch_ / "model";
    fs::create_directories(folder);
    const auto overwrite = fs::copy_options::overwrite_existing;
    fs::copy_file(scratch_ / run / "model.safetensors", folder / "coarse.safetensors", overwrite);
    fs::copy_file(autoencoder(), folder / "autoencoder.safetensors", overwrite);
    return folder;
  }

  static std::string refusal(const std::function<void()>& action, ExitCode code) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      return error.what();
    }
    return "was accepted";
  }
  test::ScratchFolder scratch_;
};

TEST_F(LatentDiffusion, ItLearnsFromTheLatentsOfTheAugmentedVolumes) {
  TrainingRun run = tiny_run("run", 1);
  const auto latents = make_source({blobs("a", 1), blobs("b", 2)}, run.config);
  run.config.data.autoencoder.clear();
  const auto volumes = make_source({blobs("a", 1), blobs("b", 2)}, run.config);
  const LatentSpace space(autoencoder());
  Random of_latents(5), of_volumes(5);
  const torch::Tensor volume = volumes->clean_sample(of_volumes).view({1, 1, 16, 24, 16});
  EXPECT_TRUE(torch::equal(latents->clean_sample(of_latents), space.encode(volume)[0]));
  EXPECT_EQ(latents->sample_size(), (std::vector<std::int64_t>{8, 12, 8}));
  EXPECT_EQ(latents->voxel_edges_mm(), volumes->voxel_edges_mm());
  EXPECT_EQ(latents->draw(3).noisy.sizes(), (std::vector<std::int64_t>{2, 3, 8, 12, 8}));
}

TEST_F(LatentDiffusion, ResumedRunEqualsAnUndisturbedOneBitForBit) {
  train(tiny_run("straight", 4));
  train(tiny_run("stopped", 2));
  TrainingRun rest = tiny_run("stopped", 4);
  rest.resume = true;
  train(rest);
  EXPECT_EQ(sha256_of_file(scratch_ / "straight" / "model.safetensors"),
            sha256_of_file(scratch_ / "stopped" / "model.safetensors"));

  write_random_autoencoder(autoencoder(), 2);  // other latents: not the data that the run was about
  EXPECT_THAT(refusal([&] { train(rest); }, ExitCode::model), testing::HasSubstr("other volumes or latents"));
}

TEST_F(LatentDiffusion, AModelFolderHoldsTheNetworkAndItsAutoencoder) {
  train(tiny_run("run", 1));
  const LoadedCascade loaded = load_cascade(model_folder("run"));
  ASSERT_TRUE(loaded.latent_space.has_value());
  EXPECT_EQ(loaded.coarse.card.autoencoder_sha256, sha256_of_file(autoencoder()));
  EXPECT_EQ(loaded.coarse_size, (std::vector<std::int64_t>{8, 12, 8}));
  EXPECT_EQ(loaded.latent_space->channels(), 3);
  EXPECT_EQ(loaded.spacing.typical_mm, (Spacing{2, 2, 2}));
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({1, 3, 8, 12, 8});
  EXPECT_EQ(loaded.coarse.denoise(x, 1).sizes(), x.sizes());
}

TEST_F(LatentDiffusion, AnotherAutoencoderIsRefusedAsAreNoneAndOneTooMany) {
  train(tiny_run("run", 1));
  const fs::path folder = model_folder("run");
  const auto load = [&] { load_cascade(folder); };
  fs::copy_file(folder / "coarse.safetensors", folder / "octave-1.safetensors");
  EXPECT_THAT(refusal(load, ExitCode::model), testing::HasSubstr("has no octaves"));
  fs::remove(folder / "octave-1.safetensors");

  write_random_autoencoder(folder / "autoencoder.safetensors", 2);
  EXPECT_THAT(refusal(load, ExitCode::model), testing::HasSubstr("is not the autoencoder that coarse.safetensors"));
  fs::remove(folder / "autoencoder.safetensors");
  EXPECT_THAT(refusal(load, ExitCode::model), testing::HasSubstr("autoencoder.safetensors\": missing"));

  TrainingRun on_volumes = tiny_run("volumes", 1);
  on_volumes.config.data.autoencoder.clear();
  train(on_volumes);
  model_folder("volumes");
  EXPECT_THAT(refusal(load, ExitCode::model), testing::HasSubstr("that makes volumes, not latents"));
}

TEST_F(LatentDiffusion, WhatCannotBeTrainedOnIsRefused) {
  const auto source = [&](const TrainingConfig& config, std::vector<TrainingVolume> volumes) {
    return [config, volumes] { make_source(volumes, config); };
  };
  TrainingConfig config = tiny_run("run", 1).config;
  EXPECT_THAT(refusal(source(config, {blobs("a", 1), blobs("b", 2, 24)}), ExitCode::input),
              testing::HasSubstr("another grid"));
  EXPECT_THAT(refusal(source(config, {blobs("a", 1, 20)}), ExitCode::input), testing::HasSubstr("multiples of 8"));
  write_random_autoencoder(autoencoder(), 1, "ct");
  EXPECT_THAT(refusal(source(config, {blobs("a", 1)}), ExitCode::model), testing::HasSubstr("is for ct"));
  config.data.autoencoder = (scratch_ / "none.safetensors").string();
  EXPECT_THROW(make_source({blobs("a", 1)}, config), Error);
}

TEST(ChannelsOfALatent, EachIsTheWienerFilterOfItsOwnBandsBeforeTraining) {
  torch::manual_seed(1);
  UnetWidths widths{{8, 16}, {1, 1}, 8};
  Unet one(widths);
  widths.image_channels = 2;
  Unet both(widths);
  const torch::Tensor first = torch::linspace(2, 0.1, 9), second = torch::linspace(1, 0.5, 9);
  const HaarPreconditioner together(torch::cat({first, second}));
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({3, 2, 8, 12, 8}), sigma = torch::tensor({0.05f, 0.4f, 3.f});
  const torch::Tensor clean = together.denoise(both, x, sigma);
  for (const std::int64_t channel : {0, 1}) {
    const HaarPreconditioner alone(channel == 0 ? first : second);
    EXPECT_TRUE(
        torch::allclose(clean.narrow(1, channel, 1), alone.denoise(one, x.narrow(1, channel, 1), sigma), 1e-5, 1e-6));
  }
  const torch::Tensor risks =
      HaarPreconditioner(first).wiener_risk(sigma) + HaarPreconditioner(second).wiener_risk(sigma);
  EXPECT_TRUE(torch::allclose(together.wiener_risk(sigma), risks / 2, 1e-5, 1e-7));
}

}  // namespace
}  // namespace voxprior
