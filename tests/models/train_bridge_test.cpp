#include <gmock/gmock.h>
#include <torch/utils.h>

#include <cmath>

#include "base/error.h"
#include "base/sha256.h"
#include "models/denoiser_file.h"
#include "models/network_file.h"
#include "models/training/bridge_objective.h"
#include "models/training/bridge_source.h"
#include "models/training/checkpoint.h"
#include "models/training/simulated_scan.h"
#include "models/weights/safetensors.h"
#include "pipeline/wavelet/haar.h"
#include "tests/support/scratch_folder.h"

// Bridges: the scans they learn from, the points that are drawn, and training to its end.

namespace voxprior {
namespace {

using testing::HasSubstr;

TrainingConfig plain_config(const std::string& kind = "gaussian") {
  TrainingConfig config;
  config.kind = ModelKind::bridge;
  config.model.widths = {{8, 16}, {1, 1}, 8};
  config.augment = {};
  config.augment.rescale = config.augment.gamma = config.augment.resolution = config.augment.zeroed_background = 0;
  config.noise.kinds = {kind};
  config.noise.typical = 0.1;
  config.noise.typical_spread = 1e-6;
  config.noise.uniform_share = 0;
  config.training.batch = 2;
  config.training.patch = 16;
  return config;
}

torch::Tensor flat(double value, std::int64_t side = 24) { return torch::full({side, side, side}, value); }

// Smooth blobs: something a local network learns quickly.
TrainingVolume blobs(const std::string& name, std::uint64_t seed) {
  torch::manual_seed(seed);
  torch::Tensor x = torch::rand({1, 1, 40, 40, 40});
  for (int i = 0; i < 3; ++i) x = torch::avg_pool3d(x, 5, 1, 2);
  return {name, ((x - 0.5) * 12 + 0.6).clamp(0, 1).view({40, 40, 40}).contiguous()};
}

/// With a scan whose noise is neither white nor of mean 0.
TrainingVolume pair_of_blobs(const std::string& name, std::uint64_t seed) {
  TrainingVolume pair = blobs(name, seed);
  const torch::Tensor noise = torch::avg_pool3d(torch::randn({1, 1, 42, 42, 42}), 3, 1).view({40, 40, 40});
  pair.scan = (pair.voxels + 0.05 + 0.5 * noise).contiguous();
  return pair;
}

TEST(SimulatedScan, NoiseOfEachKindHasTheMomentsThatItsNameSays) {
  const double s = 0.1;
  Random random(1);
  const torch::Tensor gaussian = simulate_scan(flat(0.5), plain_config(), random).noisy;
  EXPECT_NEAR(gaussian.mean().item<double>(), 0.5, 0.005);
  EXPECT_NEAR(gaussian.std().item<double>(), s, 0.003);
  const torch::Tensor air = simulate_scan(flat(0), plain_config("rician"), random).noisy;  // Rayleigh
  EXPECT_NEAR(air.mean().item<double>(), s * std::sqrt(M_PI / 2), 0.003);
  const torch::Tensor coils = simulate_scan(flat(0), plain_config("ncchi"), random).noisy;
  EXPECT_GT(coils.mean().item<double>(), 1.4 * air.mean().item<double>());  // 1.5 for two coils, more for more
}

TEST(SimulatedScan, NoiseThatVariesKeepsItsRootMeanSquare) {
  TrainingConfig config = plain_config();
  config.noise.varying_share = 1;
  double strongest_to_weakest = 1;
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    Random random(seed);
    const torch::Tensor noise = simulate_scan(flat(0.5, 32), config, random).noisy - 0.5;
    EXPECT_NEAR(noise.square().mean().sqrt().item<double>(), 0.1, 0.004) << seed;
    for (std::int64_t axis = 0; axis < 3; ++axis) {
      const double first = noise.narrow(axis, 0, 4).std().item<double>();
      const double last = noise.narrow(axis, 28, 4).std().item<double>();
      strongest_to_weakest = std::max({strongest_to_weakest, first / last, last / first});
    }
  }
  EXPECT_GT(strongest_to_weakest, 1.5);
  EXPECT_LT(strongest_to_weakest, 3.2);
}

TEST(SimulatedScan, CorrelatedNoiseComesWithWhatTheScannerCouldHaveShown) {
  TrainingConfig config = plain_config("rician");
  config.noise.correlated_share = 1;
  torch::manual_seed(1);
  const torch::Tensor clean = torch::rand({24, 24, 24}) + 1;
  Random random(3);
  const SimulatedScan scan = simulate_scan(clean, config, random);
  EXPECT_LT(scan.clean.std().item<double>(), 0.95 * clean.std().item<double>());  // fine detail is not measured
  EXPECT_NEAR((scan.noisy - scan.clean).std().item<double>(), 0.1, 0.02);
  const torch::Tensor noise = scan.noisy - scan.clean;
  const torch::Tensor bands = haar_forward(noise.view({1, 1, 24, 24, 24}));
  EXPECT_LT(bands[0][7].std().item<double>(), 0.9 * bands[0][0].std().item<double>());
}

TEST(SimulatedScan, AZeroedBackgroundStaysAndCtNoiseHasNoMean) {
  TrainingConfig config = plain_config("rician");
  config.augment.zeroed_background = 1;
  torch::Tensor clean = flat(0.5);
  clean.narrow(0, 0, 4).zero_();
  Random random(1);
  const SimulatedScan scan = simulate_scan(clean, config, random);
  EXPECT_EQ(scan.noisy.narrow(0, 0, 4).abs().max().item<double>(), 0);
  EXPECT_GT(scan.noisy.narrow(0, 4, 20).std().item<double>(), 0.09);

  TrainingConfig ct = plain_config();
  ct.model.modality = "ct";
  ct.noise.correlated_share = 1;
  const torch::Tensor noise = simulate_scan(flat(1), ct, random).noisy - 1;
  EXPECT_NEAR(noise.std().item<double>(), 0.1, 0.01);
  EXPECT_LT(noise.mean({1, 2}).abs().max().item<double>(), 1e-5);  // filtered back-projection keeps the mean of a slice
}

TEST(BridgeSource, PointsLieBetweenTheCleanPatchAndItsScan) {
  TrainingConfig config = plain_config();
  config.bridge.perturbed = 0;
  config.bridge.at_scan = 0;
  const BridgeSource source({blobs("a", 1)}, config);
  const TrainingBatch batch = source.draw(3);
  const torch::Tensor share = batch.sigma.view({2, 1, 1, 1, 1});
  EXPECT_TRUE(batch.noisy.allclose(batch.clean + share * (batch.scan - batch.clean), 1e-5, 1e-6));
  EXPECT_LT(batch.sigma.max().item<double>(), 1);
  EXPECT_TRUE(torch::equal(batch.noisy, source.draw(3).noisy));
  EXPECT_FALSE(torch::equal(batch.noisy, source.draw(4).noisy));

  config.bridge.at_scan = 1;
  const TrainingBatch scans = BridgeSource({blobs("a", 1)}, config).draw(3);
  EXPECT_TRUE(torch::equal(scans.noisy, scans.scan));
  EXPECT_TRUE((scans.sigma == 1).all().item<bool>());
}

TEST(BridgeSource, PerturbedPointsCarryNoMoreNoiseThanStochasticSamplersDraw) {
  TrainingConfig config = plain_config();
  config.bridge.perturbed = config.bridge.at_scan = 1;
  config.bridge.epsilon = 0.2;
  const BridgeSource source({blobs("a", 1)}, config);
  double strongest = 0;
  for (std::int64_t step = 0; step < 20; ++step) {
    const TrainingBatch batch = source.draw(step);
    strongest = std::max(strongest, (batch.noisy - batch.scan)[0].std().item<double>());
  }
  EXPECT_LT(strongest, 0.205);
  EXPECT_GT(strongest, 0.15);
}

// Were the two sides of a pair cut or turned differently, one would no longer be twice the other.
TEST(BridgeSource, BothSidesOfAPairAreCutTurnedAndScaledAlike) {
  TrainingConfig config = plain_config();
  config.augment.rescale = 0.2;
  TrainingVolume pair = blobs("a", 1);
  pair.voxels = torch::linspace(0.2, 1, 40 * 40 * 40).view({40, 40, 40});
  pair.scan = 2 * pair.voxels;
  const BridgeSource source({pair}, config);
  for (std::int64_t step = 0; step < 8; ++step) {
    const TrainingBatch batch = source.draw(step);
    EXPECT_TRUE(torch::equal(batch.scan, 2 * batch.clean)) << step;
  }
}

TEST(BridgeSource, PairsAndVolumesWithoutAScanDoNotMix) {
  EXPECT_THROW(BridgeSource({blobs("a", 1), pair_of_blobs("b", 2)}, plain_config()), Error);
}

TEST(BridgeSource, NoiseOfAPairIsTheRootMeanSquareOfWhatDiffersInTheForeground) {
  TrainingVolume pair{"half", flat(0.5)};
  pair.voxels.narrow(0, 0, 12).zero_();
  pair.scan = pair.voxels + 0.1;
  pair.scan.narrow(0, 0, 12) += 9;
  EXPECT_NEAR(scan_noise(pair), 0.1, 1e-6);
}

// With F = 0 the preconditioner is the best linear estimate in each band.
TEST(HaarPreconditioner, OfABridgeIsTheWienerFilterForWhatThePairsHave) {
  Unet untrained(UnetWidths{{8, 16}, {1, 1}, 8});
  const torch::Tensor clean = torch::linspace(2, 0.1, 9), noise = torch::linspace(0.05, 0.3, 9);
  const HaarPreconditioner bridge(clean, LowBand::noisy, 0, noise);
  torch::manual_seed(1);
  const torch::Tensor x = torch::randn({1, 1, 8, 8, 8});
  const torch::NoGradGuard no_grad;
  const torch::Tensor bands = haar_forward(bridge.denoise(untrained, x, torch::full({1}, 0.5))),
                      given = haar_forward(x);
  double risk = 0;
  for (std::int64_t b = 0; b < 8; ++b) {
    const double v = std::pow(clean[b].item<double>(), 2), n = std::pow(0.5 * noise[b].item<double>(), 2);
    EXPECT_TRUE(bands[0][b].allclose(given[0][b] * (v / (v + n)), 1e-4, 1e-6)) << b;
    risk += v * n / (v + n) / 8;
  }
  EXPECT_NEAR(bridge.wiener_risk(torch::full({1}, 0.5)).item<double>(), risk, 1e-6);
}

class TrainBridge : public testing::Test {
 protected:
  void SetUp() override { at::set_num_threads(1); }

  TrainingRun tiny_run(const std::string& folder, std::int64_t steps) const {
    TrainingRun run;
    run.config = plain_config("rician");
    run.config.model.name = "tiny";
    run.config.noise.typical_spread = 0.5;
    run.config.training.steps = steps;
    run.config.training.cooldown = 0;  // so that a shorter run is the beginning of a longer one
    run.config.training.warmup_steps = 2;
    run.config.training.validate_every = 1000;
    run.config.training.validation_crop = 24;
    run.config.training.precision = "float32";
    run.recipe = "tiny";
    run.out_folder = scratch_ / folder;
    return run;
  }
  static void train(const TrainingRun& run, bool pairs = false) {
    const auto volume = pairs ? pair_of_blobs : blobs;
    train_bridge(run, {volume("a", 1), volume("b", 2)}, {volume("held out", 3)}, [](const TrainingProgress&) {});
  }
  static TrainingRun of_pairs(TrainingRun run) {
    run.config.data.clean = run.config.data.noisy = {"pairs"};
    return run;
  }

  test::ScratchFolder scratch_;
};

TEST_F(TrainBridge, ResumedRunEqualsAnUndisturbedOneBitForBit) {
  for (const bool pairs : {false, true}) {
    const auto run = [&](const std::string& folder, std::int64_t steps, bool resume) {
      TrainingRun run = tiny_run(folder + (pairs ? "-pairs" : ""), steps);
      run.resume = resume;
      train(pairs ? of_pairs(run) : run, pairs);
      return run.out_folder / "model.safetensors";
    };
    const auto straight = run("straight", 6, false);
    run("stopped", 3, false);
    EXPECT_EQ(sha256_of_file(straight), sha256_of_file(run("stopped", 6, true))) << pairs;
  }
}

TEST_F(TrainBridge, LearnsToBeatTheWienerFilterItStartsAs) {
  TrainingRun run = of_pairs(tiny_run("run", 60));
  run.config.training.cooldown = 0.5;
  run.config.training.learning_rate = 3e-3;
  run.config.bridge.perturbed = 0;
  train(run, true);
  const LoadedDenoiser trained =
      load_denoiser(run.out_folder / "model.safetensors", torch::kCPU, torch::kFloat32, ModelKind::bridge);
  const NetworkFile file = read_network(run.out_folder / "model.safetensors", ModelKind::bridge);
  Unet untrained(run.config.model.widths);
  const TrainingVolume test = pair_of_blobs("test", 9);
  const torch::NoGradGuard no_grad;
  for (const double share : {1., 0.5}) {
    const torch::Tensor clean = test.voxels.view({1, 1, 40, 40, 40});
    const torch::Tensor x = clean + share * (test.scan - test.voxels);
    const auto error = [&](const torch::Tensor& estimate) { return (estimate - clean).square().mean().item<double>(); };
    const double before = error(file.preconditioner.denoise(untrained, x, torch::full({1}, share)));
    EXPECT_LT(error(trained.denoise(x, share)), 0.8 * before) << share;
  }
}

TEST_F(TrainBridge, TheCardSaysHowItIsFollowedAndWhatNoiseItHasSeen) {
  TrainingRun run = of_pairs(tiny_run("run", 1));
  run.config.bridge = {0.25, 0.5, 0.03, "drift-implied", 4};
  train(run, true);
  const auto file = run.out_folder / "model.safetensors";
  const ModelCard card = read_network(file, ModelKind::bridge).card;
  ASSERT_TRUE(card.bridge);
  EXPECT_EQ(card.bridge->sampler, "drift-implied");
  EXPECT_EQ(card.bridge->steps, 4);
  EXPECT_EQ(card.bridge->epsilon, 0.03);
  const double a = scan_noise(pair_of_blobs("a", 1)), b = scan_noise(pair_of_blobs("b", 2));
  EXPECT_NEAR(card.sigma_min, std::min(a, b), 1e-6);
  EXPECT_NEAR(card.sigma_max, std::max(a, b), 1e-6);
  EXPECT_EQ(card.metrics.count("validation_psnr_db_one-step"), 1);
  EXPECT_EQ(card.metrics.count("validation_psnr_db_drift-implied-4"), 1);
  EXPECT_THROW(load_denoiser(file), Error);  // it is none
}

TEST_F(TrainBridge, ItsFileIsRefusedWithoutItsNoiseOrWithAnUnknownSampler) {
  const TrainingRun run = tiny_run("run", 1);
  train(run);
  const auto path = run.out_folder / "model.safetensors";
  const SafetensorsFile intact = read_safetensors(path);
  const auto refused = [&](const auto& change) {
    SafetensorsFile file = intact;
    change(file);
    write_safetensors(path, file, Overwrite::yes);
    try {
      load_denoiser(path, torch::kCPU, torch::kFloat32, ModelKind::bridge);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ExitCode::model);
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  EXPECT_THAT(refused([](SafetensorsFile& file) { file.tensors.erase("noise_std"); }), HasSubstr("noise_std"));
  EXPECT_THAT(refused([](SafetensorsFile& file) {
                std::string& card = file.metadata.at(kModelCardKey);
                card.replace(card.find("drift-fixed"), 11, "drift-other");
              }),
              HasSubstr("drift-other"));
}

TEST_F(TrainBridge, RefusesAPairWithoutADifferenceAndToResumeOnOtherScans) {
  const TrainingRun run = of_pairs(tiny_run("run", 1));
  TrainingVolume same = blobs("same", 1);
  same.scan = same.voxels.clone();
  EXPECT_THROW(train_bridge(run, {same}, {}, [](const TrainingProgress&) {}), Error);

  train(run, true);
  TrainingRun rest = of_pairs(tiny_run("run", 2));
  rest.resume = true;
  TrainingVolume a = pair_of_blobs("a", 1), b = pair_of_blobs("b", 2);
  b.scan = b.scan + 0.01;
  EXPECT_THROW(train_bridge(rest, {a, b}, {}, [](const TrainingProgress&) {}), Error);
}

}  // namespace
}  // namespace voxprior
