// What is learned beside the network for the likelihood: the noise schedule and the variance of the reverse steps.
#include <gmock/gmock.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

#include "base/sha256.h"
#include "models/denoiser_file.h"
#include "models/training/checkpoint.h"
#include "models/training/learned_schedule.h"
#include "models/training/learned_variance.h"
#include "models/training/train_network.h"
#include "models/weights/safetensors.h"
#include "pipeline/likelihood/variational_bound.h"
#include "pipeline/samplers/schedule.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "pipeline/wavelet/haar.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

constexpr double kSigmaMin = 0.01, kSigmaMax = 40, kVariance = 0.25;  // of white Gaussian data

/// The error of the best denoiser, v sigma^2 / (v + sigma^2).
torch::Tensor best_error(const torch::Tensor& sigma) {
  return kVariance * sigma.square() / (kVariance + sigma.square());
}

TrainingBatch batch_of(std::int64_t count) {
  return {torch::zeros({count, 1, 2, 2, 2}), torch::ones({count, 1, 2, 2, 2}), torch::ones({count})};
}

/// Mean and relative variance, over t, of the estimate of the bound.
std::pair<double, double> spread_of(LearnedSchedule& schedule) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor sigma = schedule.at_drawn_levels(batch_of(2048), 0).sigma;
  const torch::Tensor nats = schedule.bound(best_error(sigma), sigma).to(torch::kDouble);
  const double mean = nats.mean().item<double>();
  return {mean, nats.var().item<double>() / (mean * mean)};
}

void learn(LearnedSchedule& schedule, int steps) {
  for (int step = 0; step < steps; ++step) {
    const torch::Tensor sigma = schedule.at_drawn_levels(batch_of(8), step).sigma;
    schedule.bound(best_error(sigma).requires_grad_(), sigma);
    schedule.step(step < steps / 2 ? 1 : 2 - 2. * step / steps);
  }
}

TEST(LearnedSchedule, TakesTheScatterOutOfTheBoundAndLeavesItsValue) {
  LearnedSchedule schedule(kSigmaMin, kSigmaMax, 0);
  const auto exact = [](double sigma) { return 0.5 * std::log(1 + kVariance / (sigma * sigma)); };
  const double bound = exact(kSigmaMin) - exact(kSigmaMax);  // int v / (v + sigma^2) d ln sigma
  const auto [mean_before, spread_before] = spread_of(schedule);
  EXPECT_NEAR(mean_before / bound, 1, 0.01);
  learn(schedule, 1500);
  const auto [mean_after, spread_after] = spread_of(schedule);
  EXPECT_NEAR(mean_after / bound, 1, 0.02);
  EXPECT_LT(spread_after, 0.2 * spread_before);  // measured 0.85 and 0.018
}

TEST(LearnedSchedule, MakesTheBoundOfFewStepsTighter) {
  LearnedSchedule schedule(kSigmaMin, kSigmaMax, 0);
  learn(schedule, 1500);
  const torch::Tensor volumes = 0.5 * starting_noise({1, 2}, {1, 16, 16, 16}, 1);
  const Denoiser denoise = [](const torch::Tensor& x, double sigma) {
    return x * (kVariance / (kVariance + sigma * sigma));
  };
  BoundOptions options;
  options.data_std = 0.5;
  const auto bound = [&](const std::vector<double>& sigmas) {
    return variational_bound(denoise, volumes, sigmas, step_noise({1, 2}), options).total;
  };
  const double square = volumes.square().mean(torch::kDouble).item<double>();
  const double exact = 0.5 * (square / kVariance + std::log(2 * M_PI * kVariance)) / M_LN2;
  const double learned = bound(schedule.schedule().levels(20));
  const double fixed = bound(log_uniform_schedule(20, kSigmaMin, kSigmaMax));
  EXPECT_GT(learned, exact);
  EXPECT_LT(learned - exact, 0.8 * (fixed - exact));  // measured 2.34 and 3.83, exact 1.03
}

TEST(LearnedSchedule, SpreadsTheLevelsOfABatchAndRepeatsThem) {
  const LearnedSchedule schedule(kSigmaMin, kSigmaMax, 3);
  const TrainingBatch batch = schedule.at_drawn_levels(batch_of(4), 7);
  EXPECT_TRUE(torch::equal(batch.sigma, schedule.at_drawn_levels(batch_of(4), 7).sigma));
  EXPECT_FALSE(torch::equal(batch.sigma, schedule.at_drawn_levels(batch_of(4), 8).sigma));
  EXPECT_TRUE(torch::allclose(batch.noisy.select(0, 2), batch.sigma[2].expand({1, 2, 2, 2})));
  const torch::Tensor sorted = std::get<0>(batch.sigma.log().sort());
  const torch::Tensor gaps = sorted.slice(0, 1) - sorted.slice(0, 0, 3);
  EXPECT_LT((gaps - std::log(kSigmaMax / kSigmaMin) / 4).abs().max().item<double>(), 0.15);
}

TEST(LearnedVariance, ConvergesToThePosteriorVarianceOfEveryBand) {
  // Gaussian data whose bands have other variances than the preconditioner believes; the best denoiser, exact.
  const torch::Tensor v = torch::tensor({1., 0.09, 0.09, 0.01, 0.09, 0.01, 0.01, 0.0025}, torch::kDouble);
  const torch::Tensor gains = v.to(torch::kFloat32).view({1, 8, 1, 1, 1});
  for (const LowBand low : {LowBand::noisy, LowBand::given}) {
    const HaarPreconditioner preconditioner(torch::cat({(v.sqrt() * 1.6).to(torch::kFloat32), torch::ones({1})}), low);
    LearnedVariance variance(0.02, 10);
    const int steps = 1500;
    for (int step = 0; step < steps; ++step) {
      torch::manual_seed(step);
      const torch::Tensor sigma = torch::exp(torch::empty({4}).uniform_(std::log(0.02), std::log(10)));
      const torch::Tensor s2 = sigma.square().view({-1, 1, 1, 1, 1});
      // The error of the best denoiser, x0 - E[x0|x], is Gaussian with the posterior variance.
      const torch::Tensor error = haar_inverse(torch::randn({4, 8, 4, 4, 4}) * (s2 * gains / (s2 + gains)).sqrt());
      variance.learn(preconditioner, error, sigma);
      variance.step(step < steps / 2 ? 1 : 2 - 2. * step / steps);
    }
    const BandErrors errors(0.02, 10, variance.model_tensors().begin()->second, preconditioner.band_variance());
    const torch::Tensor levels = torch::tensor({0.05, 0.3, 2.}, torch::kDouble), l2 = levels.square().unsqueeze(1);
    const std::int64_t first = low == LowBand::given ? 1 : 0;
    const torch::Tensor ratio = (errors.at(levels) / (l2 * v / (l2 + v))).narrow(1, first, 8 - first);
    EXPECT_LT((ratio - 1).abs().max().item<double>(), 0.12);  // measured 0.062
    if (low == LowBand::given) {
      EXPECT_EQ(errors.at(levels).select(1, 0).abs().max().item<double>(), 0);
    }
  }
}

class LearnedBesideTheNetwork : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }

  std::filesystem::path train(const std::string& folder, std::int64_t steps, bool resume = false) {
    torch::manual_seed(1);
    const std::vector<TrainingVolume> volumes{{"v", torch::rand({12, 8, 8})}};
    TrainingRun run;
    TrainingConfig& config = run.config;
    config.kind = ModelKind::diffusion;
    config.model.widths = {{8, 16}, {1, 1}, 8, 2, 3};
    config.noise = {0.02, 10, 0.5, 1, 0.15, 0, "learned", true};
    config.augment.gamma = 0;
    config.training.steps = steps;
    config.training.batch = 2;
    config.training.cooldown = 0;
    config.training.warmup_steps = 2;
    config.training.validate_every = 1000;
    config.training.precision = "float32";
    run.recipe = "tiny";
    run.out_folder = scratch_ / folder;
    run.resume = resume;
    train_network(run, volumes, {}, [](const TrainingProgress&) {});
    return run.out_folder;
  }

  test::ScratchFolder scratch_;
};

TEST_F(LearnedBesideTheNetwork, ResumedRunEqualsAnUndisturbedOneBitForBit) {
  const auto straight = train("straight", 6);
  train("stopped", 3);
  const auto stopped = train("stopped", 6, true);
  const Checkpoint a = read_checkpoint(straight / "checkpoint.safetensors");
  const Checkpoint b = read_checkpoint(stopped / "checkpoint.safetensors");
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (const auto& [name, tensor] : a.tensors) EXPECT_TRUE(torch::equal(tensor, b.tensors.at(name))) << name;
  EXPECT_EQ(sha256_of_file(straight / "model.safetensors"), sha256_of_file(stopped / "model.safetensors"));
}

TEST_F(LearnedBesideTheNetwork, IsInTheModelFileAndHasMoved) {
  const auto path = train("run", 3) / "model.safetensors";
  const LoadedDenoiser model = load_denoiser(path, torch::kCPU, torch::kFloat32, ModelKind::diffusion);
  ASSERT_TRUE(model.schedule);
  ASSERT_TRUE(model.band_errors);
  EXPECT_NE(model.schedule->levels(5)[2], MonotoneSchedule(0.02, 10).levels(5)[2]);
  EXPECT_EQ(model.schedule->levels(5).front(), 10);
  EXPECT_GT(model.band_errors->log_ratio().abs().max().item<double>(), 0);

  SafetensorsFile file = read_safetensors(path);
  file.tensors["schedule.slopes"] = torch::zeros({3}, torch::kDouble);
  write_safetensors(path, file, Overwrite::yes);
  const std::string message =
      test::refusal(ExitCode::model, [&] { load_denoiser(path, torch::kCPU, torch::kFloat32, ModelKind::diffusion); });
  EXPECT_THAT(message, testing::HasSubstr("learned noise schedule"));
}

}  // namespace
}  // namespace voxprior
