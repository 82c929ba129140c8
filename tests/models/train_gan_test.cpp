#include "models/training/train_gan.h"

#include <gmock/gmock.h>
#include <torch/utils.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/sha256.h"
#include "models/gan/generator_file.h"
#include "models/training/checkpoint.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr double kMean = 0.6, kStd = 0.15;

// Volumes of one value each, normal over the set: what a generator makes of them has a mean and a standard deviation
// that are known.
std::vector<TrainingVolume> flat_volumes(int count, double mean, const std::string& class_name = "") {
  Random random(11);
  std::vector<TrainingVolume> volumes;
  for (int i = 0; i < count; ++i) {
    TrainingVolume volume;
    volume.name = class_name + std::to_string(i);
    volume.voxels = torch::full({4, 4, 4}, mean + kStd * random.normal());
    volume.spacing_mm = {2, 2, 2};
    volume.class_name = class_name;
    volumes.push_back(volume);
  }
  return volumes;
}

TrainingRun tiny_run(const fs::path& folder, const std::string& family, std::int64_t steps) {
  TrainingRun run;
  TrainingConfig& config = run.config;
  config.kind = ModelKind::gan;
  config.model.name = "tiny";
  config.model.widths = {{8}, {1}, 8, 2, 3};
  config.augment = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  config.gan.family = family;
  config.gan.latent = 4;
  config.gan.penalty = family == std::string("r3gan") ? 1 : 10;
  config.training.batch = 16;
  config.training.steps = steps;
  config.training.learning_rate = 2e-3;
  config.training.warmup_steps = 2;
  config.training.cooldown = 0;  // so that a shorter run is the beginning of a longer one
  config.training.clip_norm = 1e6;
  config.training.ema = 0.98;
  run.recipe = "tiny";
  run.out_folder = folder;
  return run;
}

void train(const TrainingRun& run, const std::vector<TrainingVolume>& volumes,
           const std::vector<TrainingVolume>& held_out = {}) {
  train_gan(run, volumes, held_out, [](const TrainingProgress&) {});
}

std::vector<nlohmann::json> log_of(const TrainingRun& run) {
  std::ifstream file(run.out_folder / "metrics.jsonl");
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

// Mean value of each of so many volumes.
torch::Tensor values_made(const TrainingRun& run, std::int64_t count, std::int64_t class_number = -1) {
  const torch::NoGradGuard no_grad;
  GeneratorFile file = read_generator(run.out_folder / "model.safetensors");
  torch::manual_seed(1);
  const torch::Tensor z = torch::randn({count, file.network->widths().latent});
  return file.network->forward(z, class_number < 0 ? torch::Tensor() : torch::full({count}, class_number, torch::kLong))
      .mean({1, 2, 3, 4});
}

class TrainGan : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }
  test::ScratchFolder scratch_;
};

class TrainGanFamilies : public TrainGan, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Both, TrainGanFamilies, testing::Values("r3gan", "alpha-wgan-gp"),
                         [](const auto& info) { return std::string(info.param) == "r3gan" ? "R3gan" : "AlphaWganGp"; });

TEST_P(TrainGanFamilies, ResumedRunEqualsAnUndisturbedOneBitForBit) {
  const auto volumes = flat_volumes(8, kMean);
  const auto run_to = [&](const std::string& folder, std::int64_t steps, bool resume) {
    TrainingRun run = tiny_run(scratch_ / folder, GetParam(), steps);
    run.config.gan.augment = 0.5;
    run.config.gan.critic_steps = 2;
    run.resume = resume;
    train(run, volumes);
  };
  run_to("straight", 6, false);
  run_to("stopped", 3, false);
  run_to("stopped", 6, true);
  const Checkpoint straight = read_checkpoint(scratch_ / "straight" / "checkpoint.safetensors");
  const Checkpoint stopped = read_checkpoint(scratch_ / "stopped" / "checkpoint.safetensors");
  ASSERT_EQ(straight.tensors.size(), stopped.tensors.size());
  for (const auto& [name, tensor] : straight.tensors)
    EXPECT_TRUE(torch::equal(tensor, stopped.tensors.at(name))) << name;
  EXPECT_EQ(sha256_of_file(scratch_ / "straight" / "model.safetensors"),
            sha256_of_file(scratch_ / "stopped" / "model.safetensors"));
}

// Short runs: the alpha-GAN, whose latents have to be matched besides, is on the way from a standard deviation of 1.
TEST_P(TrainGanFamilies, OnGaussianDataMeanAndStandardDeviationApproachTheKnownOnes) {
  const bool alpha = GetParam() == std::string("alpha-wgan-gp");
  TrainingRun run = tiny_run(scratch_ / "run", GetParam(), 500);
  run.config.training.cooldown = 0.5;
  run.config.training.learning_rate = 5e-3;
  if (!alpha) run.config.gan.penalty = 0.05;
  train(run, flat_volumes(400, kMean));
  const torch::Tensor made = values_made(run, 1000);
  EXPECT_NEAR(made.mean().item<double>(), kMean, 0.08);              // 0.58, alpha 0.57 measured
  EXPECT_NEAR(made.std().item<double>(), kStd, alpha ? 0.3 : 0.05);  // 0.13, alpha 0.35
}

TEST_P(TrainGanFamilies, AClassThatIsToldChangesWhatIsMade) {
  TrainingRun run = tiny_run(scratch_ / "run", GetParam(), 300);
  run.config.conditioning.what = {"class"};
  auto volumes = flat_volumes(100, 0.3, "dark");
  for (const TrainingVolume& bright : flat_volumes(100, 1.2, "bright")) volumes.push_back(bright);
  train(run, volumes);
  ASSERT_EQ(read_generator(run.out_folder / "model.safetensors").card.conditioning.classes,
            (std::vector<std::string>{"bright", "dark"}));
  const double bright = values_made(run, 300, 0).mean().item<double>(),
               dark = values_made(run, 300, 1).mean().item<double>();
  EXPECT_NEAR(bright, 1.2, 0.3);
  EXPECT_NEAR(dark, 0.3, 0.3);
  EXPECT_GT(bright, dark + 0.5);
}

TEST_F(TrainGan, TheAverageIsThatOfTheWeightsStepByStep) {
  // With a constant decay of 0 the average is the network; with the warm-up of the first step it has 2/11 of the start.
  TrainingRun run = tiny_run(scratch_ / "none", "r3gan", 3);
  run.config.training.ema = 0;
  train(run, flat_volumes(4, kMean));
  const Checkpoint none = read_checkpoint(scratch_ / "none" / "checkpoint.safetensors");
  run = tiny_run(scratch_ / "first", "r3gan", 1);
  train(run, flat_volumes(4, kMean));
  const Checkpoint first = read_checkpoint(scratch_ / "first" / "checkpoint.safetensors");
  run = tiny_run(scratch_ / "start", "r3gan", 1);
  run.config.training.learning_rate = 0;
  train(run, flat_volumes(4, kMean));
  const Checkpoint start = read_checkpoint(scratch_ / "start" / "checkpoint.safetensors");
  int compared = 0;
  for (const auto& [name, tensor] : none.tensors) {
    if (name.rfind("network.", 0) != 0) continue;
    const std::string average = "average." + name.substr(8);
    EXPECT_TRUE(torch::equal(tensor, none.tensors.at(average))) << name;
    const torch::Tensor expected = start.tensors.at(name) * 2 / 11 + first.tensors.at(name) * 9 / 11;
    EXPECT_TRUE(torch::allclose(first.tensors.at(average), expected, 1e-4, 1e-6)) << name;
    ++compared;
  }
  EXPECT_GT(compared, 5);
}

TEST_F(TrainGan, ARunThatDivergesEndsWithItsOwnExitCodeAndKeepsWhatWasThere) {
  for (const char* family : {"r3gan", "alpha-wgan-gp"}) {
    TrainingRun run = tiny_run(scratch_ / family, family, 3);
    train(run, flat_volumes(4, kMean));
    const std::string before = sha256_of_file(run.out_folder / "checkpoint.safetensors"),
                      model = sha256_of_file(run.out_folder / "model.safetensors");
    run.resume = true;
    run.config.training.steps = 100;
    run.config.training.learning_rate = 1e25;
    try {
      train(run, flat_volumes(4, kMean));
      ADD_FAILURE() << family << " did not diverge";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::some_failed);
      EXPECT_THAT(error.what(), testing::HasSubstr("training diverged at step "));
      EXPECT_THAT(error.what(), testing::HasSubstr("are those of step 3"));
    }
    EXPECT_EQ(sha256_of_file(run.out_folder / "checkpoint.safetensors"), before);
    EXPECT_EQ(sha256_of_file(run.out_folder / "model.safetensors"), model);
    EXPECT_TRUE(log_of(run).back().contains("diverged"));
  }
}

TEST_F(TrainGan, TheLogHasTheTracesOfBothSidesAndTheScoreOfHeldOutVolumes) {
  TrainingRun run = tiny_run(scratch_ / "run", "r3gan", 20);
  run.config.training.validate_every = 20;
  train(run, flat_volumes(4, kMean), flat_volumes(2, kMean));
  const nlohmann::json line = log_of(run).back();
  for (const char* name : {"loss", "critic_loss", "r1", "r2", "real_score", "fake_score", "held_out_score"})
    EXPECT_TRUE(line.contains(name)) << name;
  const double parts = line["critic_adversarial"].get<double>() + line["r1"].get<double>() + line["r2"].get<double>();
  EXPECT_NEAR(line["critic_loss"].get<double>() / parts, 1, 1e-5);
}

TEST_F(TrainGan, AHeldOutVolumeOfAnotherGridIsRefused) {
  std::vector<TrainingVolume> other = flat_volumes(1, kMean);
  other[0].voxels = torch::zeros({4, 4, 8});
  EXPECT_THROW(train(tiny_run(scratch_ / "run", "r3gan", 1), flat_volumes(2, kMean), other), Error);
}

}  // namespace
}  // namespace voxprior
