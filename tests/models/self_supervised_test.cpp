#include "models/training/self_supervised.h"

#include <gmock/gmock.h>
#include <torch/utils.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/sha256.h"
#include "models/denoiser_file.h"
#include "models/training/checkpoint.h"
#include "models/training/patches.h"
#include "models/training/recorrupted.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

constexpr double kSigma = 0.15;

// Smooth blobs: something a local network learns quickly.
torch::Tensor blobs(std::uint64_t seed, std::int64_t length = 40) {
  torch::manual_seed(seed);
  torch::Tensor x = torch::rand({1, 1, length, 40, 40});
  for (int i = 0; i < 3; ++i) x = torch::avg_pool3d(x, 5, 1, 2);
  return ((x - 0.5) * 12 + 0.6).clamp(0.01, 1).view({length, 40, 40}).contiguous();
}

TrainingVolume noisy(const std::string& name, const torch::Tensor& clean, std::size_t repeats = 0) {
  TrainingVolume volume{name, clean + kSigma * torch::randn_like(clean)};
  volume.sigma = torch::full({1}, kSigma);
  for (std::size_t i = 0; i < repeats; ++i) volume.repeats.push_back(clean + kSigma * torch::randn_like(clean));
  return volume;
}

TrainingRun tiny_run(const std::filesystem::path& folder, std::int64_t steps) {
  TrainingRun run;
  run.config.self_supervised = true;
  run.config.augment = {0.1, 0, 0, 0, 0, 0};
  run.config.model.widths = {{8, 16}, {1, 1}, 8};
  run.config.training.steps = steps;
  run.config.training.cooldown = 0;  // so that a shorter run is the beginning of a longer one
  run.config.training.batch = 4;
  run.config.training.patch = 16;
  run.config.training.warmup_steps = 2;
  run.config.training.validate_every = 1000;
  run.config.training.validation_crop = 32;
  run.config.training.precision = "float32";
  run.recipe = "tiny";
  run.out_folder = folder;
  return run;
}

void train(
    const TrainingRun& run, const NetworkFile* from = nullptr, std::size_t repeats = 0,
    const TrainingObserver& observer = [](const TrainingProgress&) {}) {
  train_self_supervised(run, from, {noisy("a", blobs(1, 64), repeats)}, {}, observer);
}

class TrainSelfSupervised : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }

  nlohmann::json last_line(const std::string& run) const {
    std::ifstream log(scratch_ / run / "metrics.jsonl");
    std::string line, last;
    while (std::getline(log, line)) last = line;
    return nlohmann::json::parse(last);
  }

  // Mean squared error on a volume that nobody trained on.
  static double error_of(const Denoiser& denoise) {
    const torch::NoGradGuard no_grad;
    const torch::Tensor clean = blobs(9).view({1, 1, 40, 40, 40});
    torch::manual_seed(4);
    return (denoise(clean + kSigma * torch::randn_like(clean), kSigma) - clean).square().mean().item<double>();
  }

  test::ScratchFolder scratch_;
};

// D(x) = mean of a voxel and its six neighbours: |w * x - x|^2 + level^2 / 7 on average.
torch::Tensor smoothed(const torch::Tensor& x, double) {
  torch::Tensor sum = x.clone();
  for (const std::int64_t axis : {2, 3, 4}) sum += torch::roll(x, 1, axis) + torch::roll(x, -1, axis);
  return sum / 7;
}

double exact_risk_of_smoothing(const torch::Tensor& clean, double level) {
  const torch::Tensor x = clean.unsqueeze(0).unsqueeze(0);
  return (smoothed(x, 0) - x).square().mean(torch::kDouble).item<double>() + level * level / 7;
}

TEST(EstimateRisk, IsTheErrorAgainstTheCleanScanWithoutHavingIt) {
  const torch::Tensor clean = blobs(3, 64) + 0.5;
  for (const std::size_t repeats : {0, 1, 3}) {
    const TrainingVolume scan = noisy("a", clean, repeats);
    const Risk risk = estimate_risk(smoothed, scan, 0);
    const double exact = exact_risk_of_smoothing(clean, level_of_risk(scan));
    EXPECT_NEAR(risk.mean_square, exact, 4 * risk.standard_error) << repeats;
    EXPECT_LT(risk.standard_error, 0.1 * exact) << repeats;
    EXPECT_GT(risk.standard_error, 0.001 * exact) << repeats;
  }
}

TEST(EstimateRisk, SpreadsOverDrawsOfTheNoiseAsItsStandardErrorSays) {
  const torch::Tensor clean = blobs(3) + 0.5;
  const double exact = exact_risk_of_smoothing(clean, std::sqrt(1.04) * kSigma);
  double squares = 0, claimed = 0;
  constexpr int kDraws = 40;
  for (int i = 0; i < kDraws; ++i) {
    const Risk risk = estimate_risk(smoothed, noisy("a", clean), static_cast<std::uint64_t>(i));
    squares += std::pow(risk.mean_square - exact, 2) / kDraws;
    claimed += std::pow(risk.standard_error, 2) / kDraws;
  }
  EXPECT_NEAR(std::sqrt(squares / claimed), 1, 0.35);  // 40 draws: 1 +- 0.11
}

TEST(EstimateRisk, CountsNoiseThatVariesAtItsLargest) {
  const torch::Tensor clean = blobs(3, 64) + 0.5;
  torch::manual_seed(5);
  TrainingVolume scan{"a", clean};
  scan.sigma = torch::full({64, 40, 40}, 0.1);
  scan.sigma.narrow(1, 0, 20).fill_(0.05);
  scan.voxels = clean + scan.sigma * torch::randn_like(clean);
  const Risk risk = estimate_risk(smoothed, scan, 0);
  EXPECT_NEAR(risk.mean_square, exact_risk_of_smoothing(clean, std::sqrt(1.04) * 0.1), 4 * risk.standard_error);
}

TEST(HoldOut, TakesTheMiddleWhereBothSidesAreWideEnoughElseTheEnd) {
  std::vector<TrainingVolume> training{noisy("a", blobs(1, 96))};
  const torch::Tensor whole = training[0].voxels;
  std::vector<TrainingVolume> held = hold_out(training, 32);
  ASSERT_EQ(training.size(), 2u);
  EXPECT_TRUE(torch::equal(torch::cat({training[0].voxels, held[0].voxels, training[1].voxels}, 0), whole));
  EXPECT_EQ(held[0].voxels.size(0), 16);

  training = {noisy("a", blobs(1, 96), 1)};
  held = hold_out(training, 48);
  ASSERT_EQ(training.size(), 1u);
  EXPECT_EQ(training[0].voxels.size(0), 80);
  EXPECT_EQ(training[0].repeats[0].size(0), 80);
  EXPECT_EQ(held[0].repeats[0].size(0), 16);
}

TEST(HoldOut, RefusesAScanTooSmallToPart) {
  TrainingVolume small{"small", torch::rand({24, 24, 24})};
  small.sigma = torch::full({1}, 0.1);
  std::vector<TrainingVolume> training{small};
  EXPECT_THROW(hold_out(training, 16), Error);
}

TEST_F(TrainSelfSupervised, LearnsFromNoiseAloneToBeatTheWienerFilterItStartsAs) {
  TrainingRun run = tiny_run(scratch_ / "run", 80);
  run.config.training.learning_rate = 3e-3;
  train(run);
  const nlohmann::json verdict = last_line("run")["verdict"];
  EXPECT_EQ(verdict["kept"], "trained");

  Unet untrained(run.config.model.widths);
  const torch::Tensor std = read_checkpoint(scratch_ / "run" / "checkpoint.safetensors").tensors.at("feature_std");
  const HaarPreconditioner wiener(std);
  const double before = error_of(
      [&](const torch::Tensor& x, double sigma) { return wiener.denoise(untrained, x, torch::full({1}, sigma)); });
  const LoadedDenoiser trained = load_denoiser(scratch_ / "run" / "model.safetensors");
  const double after = error_of(trained.denoise);
  EXPECT_LT(after, 0.85 * before);
  EXPECT_NEAR(verdict["after_db"].get<double>(), -10 * std::log10(after), 1.5);  // another volume, 2 % less noise
  EXPECT_THAT(trained.card.training_data, testing::HasSubstr("self-supervised: 1 noisy scan"));
  EXPECT_NEAR(trained.card.sigma_min, kSigma, 1e-6);
}

TEST_F(TrainSelfSupervised, RepeatsTeachTooAndAreCounted) {
  TrainingRun run = tiny_run(scratch_ / "run", 60);
  run.config.training.learning_rate = 3e-3;
  train(run, nullptr, 2);
  EXPECT_EQ(last_line("run")["verdict"]["kept"], "trained");
  EXPECT_THAT(load_denoiser(scratch_ / "run" / "model.safetensors").card.training_data,
              testing::HasSubstr("1 noisy scan (3 repeats)"));
}

// What the noisy scans tell of clean ones: the preconditioner's band energies.
TEST_F(TrainSelfSupervised, MeasuresTheEnergyOfCleanBandsFromNoisyScans) {
  train(tiny_run(scratch_ / "run", 1));
  const torch::Tensor found = read_checkpoint(scratch_ / "run" / "checkpoint.safetensors").tensors.at("feature_std");
  TrainingConfig config;
  config.training.patch = 16;
  config.augment = {0, 0, 0, 0, 0, 0};
  const torch::Tensor exact = measure_feature_std(PatchSource({{"clean", blobs(1, 64)}}, config), 128, 0);
  EXPECT_NEAR(found[0].item<double>() / exact[0].item<double>(), 1, 0.05);
  // The finest band holds 50 times less than the noise: what can be told of it is that it is weak.
  EXPECT_LT(found[7].item<double>(), 0.35 * kSigma);
}

TEST_F(TrainSelfSupervised, AbsurdTrainingLeavesTheModelAsItWas) {
  TrainingRun first = tiny_run(scratch_ / "first", 40);
  first.config.training.learning_rate = 3e-3;
  train(first);
  const NetworkFile from = read_network(scratch_ / "first" / "model.safetensors", ModelKind::denoiser);

  TrainingRun run = tiny_run(scratch_ / "worse", 5);
  run.config.training.learning_rate = 0.1;
  std::string told;
  train(run, &from, 0, [&](const TrainingProgress& progress) {
    if (progress.verdict) told = progress.verdict->text;
  });
  EXPECT_THAT(told, testing::HasSubstr("keeps the weights of denoiser"));
  EXPECT_EQ(last_line("worse")["verdict"]["kept"], "initial");
  const NetworkFile kept = read_network(scratch_ / "worse" / "model.safetensors", ModelKind::denoiser);
  for (std::size_t i = 0; i < from.network->parameters().size(); ++i)
    EXPECT_TRUE(torch::equal(kept.network->parameters()[i], from.network->parameters()[i]));
  EXPECT_EQ(kept.card.steps, 0);
  EXPECT_THAT(kept.card.training_data, testing::StartsWith("not trained further"));
}

TEST_F(TrainSelfSupervised, ResumedRunEqualsAnUndisturbedOneBitForBit) {
  train(tiny_run(scratch_ / "straight", 6));
  train(tiny_run(scratch_ / "stopped", 3));
  TrainingRun rest = tiny_run(scratch_ / "stopped", 6);
  rest.resume = true;
  train(rest);
  EXPECT_EQ(sha256_of_file(scratch_ / "straight" / "model.safetensors"),
            sha256_of_file(scratch_ / "stopped" / "model.safetensors"));
  const Checkpoint straight = read_checkpoint(scratch_ / "straight" / "checkpoint.safetensors");
  const Checkpoint stopped = read_checkpoint(scratch_ / "stopped" / "checkpoint.safetensors");
  for (const auto& [name, tensor] : straight.tensors)
    EXPECT_TRUE(torch::equal(tensor, stopped.tensors.at(name))) << name;
}

TEST_F(TrainSelfSupervised, IsNotResumedFromAnotherModelOrOtherRepeats) {
  train(tiny_run(scratch_ / "run", 1));
  const NetworkFile from = read_network(scratch_ / "run" / "model.safetensors", ModelKind::denoiser);
  TrainingRun rest = tiny_run(scratch_ / "run", 2);
  rest.resume = true;
  EXPECT_THROW(train(rest, &from), Error);
  EXPECT_THROW(train(rest, nullptr, 1), Error);
}

}  // namespace
}  // namespace voxprior
