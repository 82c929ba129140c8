#include "models/training/train_network.h"

#include <gmock/gmock.h>
#include <torch/utils.h>

#include <fstream>
#include <set>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "models/denoiser_file.h"
#include "models/network_file.h"
#include "models/precondition.h"
#include "models/training/checkpoint.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

// Smooth blobs: something a local network learns quickly.
TrainingVolume blobs(const std::string& name, std::uint64_t seed) {
  torch::manual_seed(seed);
  torch::Tensor x = torch::rand({1, 1, 40, 40, 40});
  for (int i = 0; i < 3; ++i) x = torch::avg_pool3d(x, 5, 1, 2);
  return {name, ((x - 0.5) * 12 + 0.6).clamp(0, 1).view({40, 40, 40}).contiguous()};
}

TrainingRun tiny_run(const std::filesystem::path& folder, std::int64_t steps) {
  TrainingRun run;
  run.config.model.widths = {{8, 16}, {1, 1}, 8};
  run.config.training.steps = steps;
  run.config.training.cooldown = 0;  // so that a shorter run is the beginning of a longer one
  run.config.training.batch = 2;
  run.config.training.patch = 16;
  run.config.training.warmup_steps = 2;
  run.config.training.validate_every = 1000;
  run.config.training.validation_crop = 24;
  run.config.training.precision = "float32";
  run.config.noise.typical = 0.15;
  run.recipe = "tiny";
  run.out_folder = folder;
  return run;
}

void train(
    const TrainingRun& run, const TrainingObserver& observer = [](const TrainingProgress&) {}) {
  train_network(run, {blobs("a", 1), blobs("b", 2)}, {blobs("held out", 3)}, observer);
}

class TrainDenoiser : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }
  test::ScratchFolder scratch_;
};

TEST_F(TrainDenoiser, ResumedRunEqualsAnUndisturbedOneBitForBit) {
  train(tiny_run(scratch_ / "straight", 8));

  train(tiny_run(scratch_ / "stopped", 5));
  TrainingRun rest = tiny_run(scratch_ / "stopped", 8);
  rest.resume = true;
  train(rest);

  const Checkpoint straight = read_checkpoint(scratch_ / "straight" / "checkpoint.safetensors");
  const Checkpoint stopped = read_checkpoint(scratch_ / "stopped" / "checkpoint.safetensors");
  EXPECT_EQ(straight.step, 8);
  ASSERT_EQ(straight.tensors.size(), stopped.tensors.size());
  for (const auto& [name, tensor] : straight.tensors)
    EXPECT_TRUE(torch::equal(tensor, stopped.tensors.at(name))) << name;
  EXPECT_EQ(sha256_of_file(scratch_ / "straight" / "model.safetensors"),
            sha256_of_file(scratch_ / "stopped" / "model.safetensors"));
}

TEST_F(TrainDenoiser, SnapshotsAreModelsOnTheWayAndTheSameOfAResumedRun) {
  const auto with_snapshots = [&](const std::string& folder) {
    TrainingRun run = tiny_run(scratch_ / folder, 7);
    run.config.training.snapshots = 3;
    return run;
  };
  train(with_snapshots("straight"));
  TrainingRun stopped = with_snapshots("stopped");
  stopped.config.training.checkpoint_minutes = 0;
  EXPECT_THROW(train(stopped,
                     [](const TrainingProgress& progress) {
                       if (progress.step == 4) throw std::runtime_error("stopped");
                     }),
               std::runtime_error);
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "stopped" / "snapshot-5.safetensors"));
  stopped.resume = true;
  train(stopped);

  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(scratch_ / "straight"))
    names.insert(entry.path().filename().string());
  EXPECT_EQ(names,
            (std::set<std::string>{"checkpoint.safetensors", "metrics.jsonl", "model.safetensors",
                                   "snapshot-3.safetensors", "snapshot-5.safetensors", "snapshot-7.safetensors"}));
  for (const char* name : {"snapshot-3.safetensors", "snapshot-5.safetensors", "snapshot-7.safetensors"})
    EXPECT_EQ(sha256_of_file(scratch_ / "straight" / name), sha256_of_file(scratch_ / "stopped" / name)) << name;
  EXPECT_EQ(sha256_of_file(scratch_ / "straight" / "snapshot-7.safetensors"),
            sha256_of_file(scratch_ / "straight" / "model.safetensors"));
  const LoadedDenoiser third = load_denoiser(scratch_ / "straight" / "snapshot-3.safetensors");
  EXPECT_EQ(third.card.steps, 3);
  train(tiny_run(scratch_ / "three", 3));
  const LoadedDenoiser shorter = load_denoiser(scratch_ / "three" / "model.safetensors");
  const torch::Tensor noisy = blobs("test", 9).voxels.view({1, 1, 40, 40, 40});
  EXPECT_TRUE(torch::equal(third.denoise(noisy, 0.15), shorter.denoise(noisy, 0.15)));
}

TEST_F(TrainDenoiser, LearnsToBeatTheWienerFilterItStartsAs) {
  TrainingRun run = tiny_run(scratch_ / "run", 60);
  run.config.training.cooldown = 0.5;
  run.config.training.learning_rate = 3e-3;
  train(run);
  const LoadedDenoiser trained = load_denoiser(scratch_ / "run" / "model.safetensors");

  Unet untrained(run.config.model.widths);
  const HaarPreconditioner wiener(
      read_checkpoint(scratch_ / "run" / "checkpoint.safetensors").tensors.at("feature_std"));
  const torch::Tensor clean = blobs("test", 9).voxels.view({1, 1, 40, 40, 40});
  torch::manual_seed(4);
  const torch::Tensor noisy = clean + 0.15 * torch::randn_like(clean);
  const torch::NoGradGuard no_grad;
  const double before =
      (wiener.denoise(untrained, noisy, torch::full({1}, 0.15)) - clean).square().mean().item<double>();
  const double after = (trained.denoise(noisy, 0.15) - clean).square().mean().item<double>();
  EXPECT_LT(after, 0.8 * before);  // 0.54 measured
}

TEST_F(TrainDenoiser, LogsOneJsonLineAReportAndTruncatesTheLogOnResume) {
  train(tiny_run(scratch_ / "run", 25));
  TrainingRun rest = tiny_run(scratch_ / "run", 45);
  rest.resume = true;
  train(rest);
  std::ifstream log(scratch_ / "run" / "metrics.jsonl");
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 4u);  // steps 20, 25, 40, 45
  EXPECT_THAT(lines[1], testing::HasSubstr("\"step\":25"));
  EXPECT_THAT(lines[1], testing::HasSubstr("validation_psnr_db"));
}

TEST_F(TrainDenoiser, RefusesToOverwriteARunAndToResumeNothing) {
  train(tiny_run(scratch_ / "run", 1));
  EXPECT_THROW(train(tiny_run(scratch_ / "run", 2)), Error);
  TrainingRun missing = tiny_run(scratch_ / "none", 2);
  missing.resume = true;
  EXPECT_THROW(train(missing), Error);
}

TEST_F(TrainDenoiser, RefusesToResumeOnOtherDataOrAnotherNetwork) {
  train(tiny_run(scratch_ / "run", 1));
  TrainingRun rest = tiny_run(scratch_ / "run", 2);
  rest.resume = true;
  EXPECT_THROW(train_network(rest, {blobs("c", 7)}, {}, [](const TrainingProgress&) {}), Error);
  rest.config.model.widths = {{8, 24}, {1, 1}, 8};
  EXPECT_THROW(train(rest), Error);
}

TEST_F(TrainDenoiser, RefusesToResumeFromAFileThatIsNoCheckpoint) {
  train(tiny_run(scratch_ / "run", 1));
  std::filesystem::copy_file(scratch_ / "run" / "model.safetensors", scratch_ / "run" / "checkpoint.safetensors",
                             std::filesystem::copy_options::overwrite_existing);
  TrainingRun rest = tiny_run(scratch_ / "run", 2);
  rest.resume = true;
  try {
    train(rest);
    FAIL() << "resumed from a model file";
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), ExitCode::model);
  }
}

TEST_F(TrainDenoiser, AnObserverCanStopTheRun) {
  struct Stop {};
  EXPECT_THROW(train(tiny_run(scratch_ / "run", 100), [](const TrainingProgress&) { throw Stop{}; }), Stop);
}

TEST_F(TrainDenoiser, EveryKindTrainsResumesBitForBitAndKeepsItsKindInTheCard) {
  for (const ModelKind kind : {ModelKind::detail, ModelKind::diffusion}) {
    const std::string name = name_of(kind);
    const auto run = [&](const std::string& folder, std::int64_t steps, bool resume) {
      TrainingRun tiny = tiny_run(scratch_ / (name + folder), steps);
      tiny.config.kind = kind;
      tiny.config.augment.rician = tiny.config.augment.zeroed_background = 0;
      if (kind == ModelKind::diffusion) {
        tiny.config.model.widths.heads = 2;
        tiny.config.model.widths.extra_features = 3;
        tiny.config.model.widths.shifts = true;
      }
      tiny.resume = resume;
      train(tiny);
      return scratch_ / (name + folder) / "model.safetensors";
    };
    const auto straight = run("-straight", 6, false);
    run("-stopped", 3, false);
    EXPECT_EQ(sha256_of_file(straight), sha256_of_file(run("-stopped", 6, true))) << name;
    EXPECT_EQ(load_denoiser(straight, torch::kCPU, torch::kFloat32, kind).card.kind, name);
    EXPECT_EQ(read_network(straight, kind).network->widths().shifts, kind == ModelKind::diffusion);
    EXPECT_THROW(load_denoiser(straight), Error) << name;
  }
}

TrainingRun tiny_run_with_a_mean_volume(const std::filesystem::path& folder, std::int64_t steps) {
  TrainingRun tiny = tiny_run(folder, steps);
  tiny.config.kind = ModelKind::diffusion;
  tiny.config.model.widths.heads = 2;
  tiny.config.model.widths.extra_features = 3;
  tiny.config.model.mean_volume = true;
  tiny.config.augment = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  return tiny;
}

TEST_F(TrainDenoiser, WhatAModelWithAMeanVolumeLearnsIsTheDifferenceFromIt) {
  const auto run = [&](const std::string& folder, std::int64_t steps, bool resume) {
    TrainingRun tiny = tiny_run_with_a_mean_volume(scratch_ / folder, steps);
    tiny.resume = resume;
    train(tiny);
    return scratch_ / folder / "model.safetensors";
  };
  const auto straight = run("straight", 4, false);
  run("stopped", 2, false);
  EXPECT_EQ(sha256_of_file(straight), sha256_of_file(run("stopped", 4, true)));

  const NetworkFile file = read_network(straight, ModelKind::diffusion);
  const torch::Tensor mean = file.preconditioner.mean();
  const torch::Tensor one = blobs("a", 1).voxels, other = blobs("b", 2).voxels;
  ASSERT_EQ(mean.sizes(), (torch::IntArrayRef{1, 40, 40, 40}));
  // Of 256 draws of two volumes: a mixture of both, near the middle.
  const double share = ((mean[0] - other).sum() / (one - other).sum()).item<double>();
  EXPECT_NEAR(share, 0.5, 0.15);
  EXPECT_TRUE(torch::allclose(mean[0], share * one + (1 - share) * other, 1e-3, 1e-4));
  const torch::Tensor variance = haar_features((one - mean[0]).view({1, 1, 40, 40, 40})).square().mean({0, 2, 3, 4});
  EXPECT_LT(file.preconditioner.feature_std()[0].item<float>(), 2 * variance[0].sqrt().item<float>());
}

TEST_F(TrainDenoiser, VolumesThatDoNotDifferFromTheirMeanAreRefused) {
  const TrainingRun run = tiny_run_with_a_mean_volume(scratch_ / "run", 1);
  const auto training = [&] { train_network(run, {blobs("a", 1), blobs("b", 1)}, {}, [](const TrainingProgress&) {}); };
  EXPECT_THAT(training, testing::Throws<Error>(testing::Property(&Error::code, ExitCode::input)));
  EXPECT_FALSE(std::filesystem::exists(run.out_folder / "model.safetensors"));
}

}  // namespace
}  // namespace voxprior
