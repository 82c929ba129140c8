#include "models/training/recorrupted.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"

namespace voxprior {
namespace {

TrainingConfig noisy_config() {
  TrainingConfig config;
  config.self_supervised = true;
  config.training.batch = 4;
  config.training.patch = 16;
  config.augment = {0, 0, 0, 0, 0, 0};
  return config;
}

double mean_of(const torch::Tensor& x) { return x.mean(torch::kDouble).item<double>(); }

// sigma 0.1 in one half of the volume, 0.2 in the other.
torch::Tensor two_sigmas(std::int64_t side) {
  torch::Tensor s = torch::full({side, side, side}, 0.1);
  s.narrow(0, 0, side / 2).fill_(0.2);
  return s;
}

TEST(Recorrupt, NoisesOfInputAndTargetAreIndependentAndTheInputsIsEven) {
  torch::manual_seed(1);
  const torch::Tensor x = torch::rand({64, 64, 64}) + 1, s = two_sigmas(64);
  const torch::Tensor y = x + s * torch::randn_like(x), n = torch::randn_like(x);
  const double level = 0.25;
  const Recorrupted pair = recorrupt(y, s, n, level);
  const torch::Tensor input_noise = pair.noisier - x, rest = pair.target - x;
  for (const std::int64_t half : {0, 32}) {
    const torch::Tensor a = input_noise.narrow(0, half, 32), b = rest.narrow(0, half, 32);
    const double spread = std::sqrt(mean_of(a.square()) * mean_of(b.square()));
    EXPECT_NEAR(mean_of(a * b) / spread, 0, 0.01);  // 131072 voxels: 0 +- 0.003
    EXPECT_NEAR(std::sqrt(mean_of(a.square())), level, 0.005 * level);
  }
  EXPECT_NEAR(target_noise(y, s, n, level), mean_of(rest.square()), 0.01 * mean_of(rest.square()));
}

// For x ~ N(0, v) the best denoiser of all is c z with c = v / (v + level^2).
TEST(Recorrupt, TheBestLinearDenoiserOfAGaussianPriorIsFoundWithoutClean) {
  torch::manual_seed(2);
  const double v = 0.04, level = 0.15;
  const torch::Tensor x = std::sqrt(v) * torch::randn({64, 64, 64}), s = torch::full({1}, 0.12);
  const torch::Tensor y = x + s * torch::randn_like(x);
  const Recorrupted pair = recorrupt(y, s, torch::randn_like(x), level);
  const double best = mean_of(pair.noisier * pair.target) / mean_of(pair.noisier.square());
  EXPECT_NEAR(best, v / (v + level * level),
              0.01);  // +- 0.002; 0.64 is the answer, with the noisy y as target it is 0.87
}

TEST(Recorrupt, BlankedBackgroundStaysBlank) {
  torch::Tensor y = torch::ones({8, 8, 8});
  y[0].zero_();
  const Recorrupted pair = recorrupt(y, torch::full({1}, 0.1), torch::randn({8, 8, 8}), 0.2);
  EXPECT_EQ(pair.noisier[0].abs().max().item<double>(), 0);
  EXPECT_EQ(pair.target[0].abs().max().item<double>(), 0);
}

TrainingVolume noisy_ramp(double sigma) {
  TrainingVolume volume{"ramp", torch::linspace(0.5, 1.5, 24 * 20 * 28).view({24, 20, 28})};
  volume.voxels = volume.voxels + sigma * torch::randn_like(volume.voxels);
  volume.sigma = torch::full({1}, sigma);
  return volume;
}

TEST(RecorruptedSource, PatchesComeInPairsOfOpposedNoiseAtOneLevel) {
  const RecorruptedSource source({noisy_ramp(0.05)}, noisy_config());
  const TrainingBatch batch = source.draw(3);
  for (const std::int64_t i : {0, 2}) {
    EXPECT_FALSE(torch::equal(batch.noisy[i], batch.noisy[i + 1]));
    // Both means are y.
    EXPECT_TRUE(torch::allclose(batch.noisy[i] + batch.noisy[i + 1], batch.clean[i] + batch.clean[i + 1], 0, 1e-5));
    EXPECT_EQ(batch.sigma[i].item<float>(), batch.sigma[i + 1].item<float>());
    EXPECT_GT(batch.sigma[i].item<float>(), 0.05f);
    EXPECT_LT(batch.sigma[i].item<float>(), 0.0708f);  // a up to 1
  }
  EXPECT_FALSE(torch::equal(batch.noisy[0], batch.noisy[2]));
  EXPECT_TRUE(torch::equal(batch.noisy, source.draw(3).noisy));
  EXPECT_FALSE(torch::equal(batch.noisy, source.draw(4).noisy));
}

TEST(RecorruptedSource, NoiseScalesWithTheIntensityThatItIsIn) {
  TrainingConfig config = noisy_config();
  config.augment.rescale = 0.5;
  config.noise.added_min = config.noise.added_max = 1e-2;
  TrainingVolume flat{"flat", torch::ones({16, 16, 16})};
  flat.sigma = torch::full({1}, 0.05);
  const TrainingBatch batch = RecorruptedSource({flat}, config).draw(0);
  for (const std::int64_t i : {0, 2}) EXPECT_NEAR(mean_of(batch.noisy[i]) * 0.05, batch.sigma[i].item<double>(), 1e-4);
}

TEST(RecorruptedSource, OfRepeatsOneIsTheInputAndTheMeanOfTheOthersTheTarget) {
  TrainingVolume volume{"repeats", torch::full({16, 16, 16}, 1.)};
  volume.repeats = {torch::full({16, 16, 16}, 2.), torch::full({16, 16, 16}, 3.)};
  volume.sigma = torch::full({1}, 0.01);
  const RecorruptedSource source({volume}, noisy_config());
  int raised = 0;
  for (std::int64_t step = 0; step < 8; ++step) {
    const TrainingBatch batch = source.draw(step);
    for (std::int64_t i = 0; i < 4; ++i) {
      const double input = mean_of(batch.noisy[i]);
      EXPECT_NEAR(2 * mean_of(batch.clean[i]) + input, 6, 1e-3);
      EXPECT_NEAR(batch.target_noise[i].item<double>(), 0.01 * 0.01 / 2, 1e-9);
      raised += batch.sigma[i].item<double>() > 0.01001;
    }
  }
  EXPECT_GT(raised, 4);
  EXPECT_LT(raised, 28);
}

TEST(RecorruptedSource, RefusesAScanOfUnknownNoise) {
  EXPECT_THROW(RecorruptedSource({{"clean", torch::ones({16, 16, 16})}}, noisy_config()), Error);
}

}  // namespace
}  // namespace voxprior
