#include "models/training/train_autoencoder.h"

#include <gmock/gmock.h>
#include <torch/utils.h>

#include "base/error.h"
#include "base/sha256.h"
#include "models/latent_space.h"
#include "models/training/checkpoint.h"
#include "pipeline/wavelet/haar.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

// Gaussian, its Haar bands independent.
constexpr double kMeanStd = 0.9, kLastStd = 0.6, kOtherStd = 0.06;

TrainingVolume gaussian(const std::string& name, std::uint64_t seed) {
  torch::manual_seed(seed);
  torch::Tensor bands = torch::randn({1, 8, 16, 16, 16}) * kOtherStd;
  bands[0][0] *= kMeanStd / kOtherStd;
  bands[0][7] *= kLastStd / kOtherStd;
  return {name, (haar_inverse(bands)[0][0] + 0.5).contiguous(), {1, 2, 2}};
}

TrainingRun tiny_run(const std::filesystem::path& folder, std::int64_t steps) {
  TrainingRun run;
  run.config.kind = ModelKind::autoencoder;
  run.config.model.widths.channels = {8};
  run.config.model.widths.blocks = {1};
  run.config.model.latent_channels = 2;
  run.config.augment.resolution = run.config.augment.gamma = run.config.augment.rescale = 0;
  run.config.training.steps = steps;
  run.config.training.cooldown = 0;  // so that a shorter run is the beginning of a longer one
  run.config.training.batch = 2;
  run.config.training.patch = 8;
  run.config.training.warmup_steps = 2;
  run.config.training.validate_every = 1000;
  run.config.training.precision = "float32";
  run.recipe = "tiny";
  run.out_folder = folder;
  run.resume = false;
  return run;
}

void train(const TrainingRun& run) {
  train_autoencoder(run, {gaussian("a", 1), gaussian("b", 2)}, {gaussian("held out", 3)},
                    [](const TrainingProgress&) {});
}

class TrainAutoencoder : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }
  test::ScratchFolder scratch_;
};

TEST_F(TrainAutoencoder, ResumedRunEqualsAnUndisturbedOneBitForBit) {
  train(tiny_run(scratch_ / "straight", 8));
  train(tiny_run(scratch_ / "stopped", 5));
  TrainingRun rest = tiny_run(scratch_ / "stopped", 8);
  rest.resume = true;
  train(rest);
  const Checkpoint straight = read_checkpoint(scratch_ / "straight" / "checkpoint.safetensors");
  const Checkpoint stopped = read_checkpoint(scratch_ / "stopped" / "checkpoint.safetensors");
  ASSERT_EQ(straight.tensors.size(), stopped.tensors.size());
  for (const auto& [name, tensor] : straight.tensors)
    EXPECT_TRUE(torch::equal(tensor, stopped.tensors.at(name))) << name;
  EXPECT_EQ(sha256_of_file(scratch_ / "straight" / "model.safetensors"),
            sha256_of_file(scratch_ / "stopped" / "model.safetensors"));
}

TEST_F(TrainAutoencoder, LatentsOfTheTrainingSetHaveMeanZeroAndStandardDeviationOne) {
  train(tiny_run(scratch_ / "run", 30));
  const LatentSpace space(scratch_ / "run" / "model.safetensors");
  std::vector<torch::Tensor> latents;
  for (const std::uint64_t seed : {1, 2})
    latents.push_back(space.encode(gaussian("", seed).voxels.view({1, 1, 32, 32, 32})).to(torch::kFloat64));
  const torch::Tensor all = torch::cat(latents).transpose(0, 1).flatten(1);  // [channels, positions]
  EXPECT_TRUE(torch::allclose(all.mean(1), torch::zeros({2}, torch::kFloat64), 0, 1e-5)) << all.mean(1);
  EXPECT_TRUE(torch::allclose(all.std(1, false), torch::ones({2}, torch::kFloat64), 0, 1e-5)) << all.std(1, false);
}

// Smooth enough that the means of neighbouring blocks say most of what is inside a block.
TrainingVolume smooth(const std::string& name, std::uint64_t seed) {
  torch::manual_seed(seed);
  torch::Tensor x = torch::rand({1, 1, 32, 32, 32});
  for (int i = 0; i < 2; ++i) x = torch::avg_pool3d(x, 3, 1, 1);
  return {name, ((x - 0.5) * 6 + 0.6).clamp_min(0).view({32, 32, 32}).contiguous()};
}

TEST_F(TrainAutoencoder, LearnsFromNeighboursWhatTheMeanOfABlockDoesNotSay) {
  TrainingRun run = tiny_run(scratch_ / "run", 100);
  run.config.model.widths.channels = {16};
  run.config.model.latent_channels = 1;
  run.config.training.patch = 16;
  run.config.training.cooldown = 0.5;
  run.config.training.learning_rate = 3e-3;
  run.config.loss.gradient = 0;
  run.config.loss.kl = 1e-5;
  train_autoencoder(run, {smooth("a", 1), smooth("b", 2)}, {}, [](const TrainingProgress&) {});

  const torch::Tensor x = smooth("test", 9).voxels.view({1, 1, 32, 32, 32});
  const torch::Tensor means = torch::avg_pool3d(x, 2);  // with one latent channel the untrained network gives these
  const torch::Tensor blocks = means.repeat_interleave(2, 2).repeat_interleave(2, 3).repeat_interleave(2, 4);
  const double untrained = (blocks - x).square().mean().item<double>();
  const LatentSpace space(scratch_ / "run" / "model.safetensors");
  EXPECT_LT((space.decode(space.encode(x), 1e9) - x).square().mean().item<double>(), 0.5 * untrained);  // 0.3 measured
}

TEST_F(TrainAutoencoder, TheCardSaysWhatItIsAndHowWellItReconstructs) {
  train(tiny_run(scratch_ / "run", 2));
  const ModelCard card = LatentSpace(scratch_ / "run" / "model.safetensors").card();
  EXPECT_EQ(card.kind, "autoencoder");
  EXPECT_EQ(card.steps, 2);
  EXPECT_EQ(card.voxel_max_mm, 2);
  EXPECT_GT(card.metrics.at("reconstruction_psnr_db"), 5);
}

TEST_F(TrainAutoencoder, RefusesOtherDataAnotherNetworkAndVolumesTooThin) {
  train(tiny_run(scratch_ / "run", 1));
  TrainingRun rest = tiny_run(scratch_ / "run", 2);
  rest.resume = true;
  const TrainingObserver silent = [](const TrainingProgress&) {};
  EXPECT_THROW(train_autoencoder(rest, {gaussian("c", 7)}, {}, silent), Error);
  rest.config.model.latent_channels = 3;
  EXPECT_THROW(train(rest), Error);
  EXPECT_THROW(train_autoencoder(tiny_run(scratch_ / "thin", 1), {{"thin", torch::rand({1, 8, 8})}}, {}, silent),
               Error);
}

}  // namespace
}  // namespace voxprior
