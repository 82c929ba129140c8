#include "models/training/patches.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "models/training/augment.h"

namespace voxprior {
namespace {

TrainingConfig plain_config() {
  TrainingConfig config;
  config.training.batch = 2;
  config.training.patch = 16;
  config.augment = {0, 0, 0, 0, 0};
  return config;
}

// A ramp with no two voxels alike and a frame of exact zeros.
TrainingVolume ramp_volume() {
  torch::Tensor x = torch::zeros({24, 28, 20});
  x.narrow(0, 2, 20).narrow(1, 2, 24).narrow(2, 2, 16) = torch::linspace(0.2, 1, 20 * 24 * 16).view({20, 24, 16});
  return {"ramp", x};
}

TEST(PatchSource, DrawsTheSameForTheSameStepAndSeed) {
  const PatchSource one({ramp_volume()}, plain_config()), two({ramp_volume()}, plain_config());
  const TrainingBatch a = one.draw(5), b = two.draw(5), other = one.draw(6);
  EXPECT_TRUE(torch::equal(a.noisy, b.noisy));
  EXPECT_TRUE(torch::equal(a.clean, b.clean));
  EXPECT_FALSE(torch::equal(a.noisy, other.noisy));

  TrainingConfig reseeded = plain_config();
  reseeded.training.seed = 1;
  EXPECT_FALSE(torch::equal(a.noisy, PatchSource({ramp_volume()}, reseeded).draw(5).noisy));
}

TEST(PatchSource, NoiseHasTheStatedStandardDeviation) {
  const PatchSource source({ramp_volume()}, plain_config());
  const TrainingBatch batch = source.draw(0);
  for (std::int64_t i = 0; i < 2; ++i) {
    const torch::Tensor noise = (batch.noisy[i] - batch.clean[i]) / batch.sigma[i];
    EXPECT_NEAR(noise.std().item<double>(), 1, 0.05);  // 4096 voxels: 1 +- 0.011
    EXPECT_NEAR(noise.mean().item<double>(), 0, 0.06);
  }
}

TEST(PatchSource, CorrelatedNoiseHasTheStatedStandardDeviationToo) {
  TrainingConfig config = plain_config();
  config.training.patch = 24;
  config.noise.correlated_share = 1;
  const TrainingBatch batch = PatchSource({ramp_volume()}, config).draw(1);
  for (std::int64_t i = 0; i < 2; ++i) {
    const torch::Tensor noise = (batch.noisy[i] - batch.clean[i])[0] / batch.sigma[i];
    EXPECT_NEAR(noise.std().item<double>(), 1, 0.1);
    EXPECT_LT(noise.mean({1, 2}).abs().max().item<double>(), 1e-4);  // white noise of 24 x 24 would be off by 0.04
  }
}

TEST(PatchSource, StabilisedRicianNoiseIsUnbiasedAroundTheTarget) {
  TrainingConfig config = plain_config();
  config.augment.rician = 1;
  config.noise.typical = 0.3;
  config.noise.typical_spread = 0.01;
  config.noise.uniform_share = 0;
  const TrainingBatch batch = PatchSource({ramp_volume()}, config).draw(0);
  const torch::Tensor noise = (batch.noisy - batch.clean) / batch.sigma.view({2, 1, 1, 1, 1});
  EXPECT_NEAR(noise.std().item<double>(), 1, 0.05);
  EXPECT_NEAR(noise.mean().item<double>(), 0, 0.05);
}

TEST(PatchSource, KeepsAZeroedBackgroundAtExactlyZeroWhenAsked) {
  TrainingConfig config = plain_config();
  config.augment.zeroed_background = 1;
  const TrainingBatch batch = PatchSource({ramp_volume()}, config).draw(0);
  const torch::Tensor background = batch.clean == 0;
  ASSERT_GT(background.sum().item<std::int64_t>(), 0);
  EXPECT_EQ(batch.noisy.masked_select(background).abs().max().item<double>(), 0);
}

TEST(PatchSource, DrawsSigmaInsideItsRange) {
  TrainingConfig config = plain_config();
  config.noise.typical_spread = 3;
  const PatchSource source({ramp_volume()}, config);
  for (std::int64_t step = 0; step < 50; ++step) {
    const torch::Tensor sigma = source.draw(step).sigma;
    EXPECT_GE(sigma.min().item<double>(), config.noise.sigma_min * (1 - 1e-6));
    EXPECT_LE(sigma.max().item<double>(), config.noise.sigma_max * (1 + 1e-6));
  }
}

TEST(PatchSource, PadsVolumesSmallerThanAPatch) {
  TrainingConfig config = plain_config();
  config.augment.resolution = 1;
  const PatchSource source({{"tiny", torch::ones({5, 40, 7})}}, config);
  EXPECT_EQ(source.draw(0).clean.sizes(), (std::vector<std::int64_t>{2, 1, 16, 16, 16}));
}

TEST(PatchSource, RefusesToTrainOnNothing) { EXPECT_THROW(make_source({}, plain_config()), Error); }

TEST(PatchSource, FeatureStdOfWhiteNoiseIsItsStdInEveryBand) {
  torch::manual_seed(0);
  const PatchSource source({{"white", 0.5 * torch::randn({32, 32, 32})}}, plain_config());
  const torch::Tensor feature_std = measure_feature_std(source, 16, 0);
  EXPECT_LT((feature_std - 0.5).abs().max().item<double>(), 0.03);  // 0.012 measured
}

TEST(Augment, OrientationsOnlyMoveVoxels) {
  const torch::Tensor cube = torch::arange(27.).view({3, 3, 3});
  Random random(0);
  std::set<std::vector<float>> seen;
  for (int i = 0; i < 2000; ++i) {
    const torch::Tensor turned = random_orientation(random).of(cube).flatten();
    seen.insert({turned.data_ptr<float>(), turned.data_ptr<float>() + 27});
    ASSERT_TRUE(torch::equal(std::get<0>(turned.sort()), cube.flatten()));
  }
  EXPECT_EQ(seen.size(), 48u);
}

TEST(Augment, BlurAndSharpeningKeepConstantsAndChangeEdges) {
  Random random(0);
  const torch::Tensor flat = torch::full({6, 6, 6}, 0.7);
  torch::Tensor step = torch::zeros({6, 6, 6});
  step.narrow(0, 3, 3).fill_(1);
  bool sharper = false, smoother = false;
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(torch::allclose(random_sharpness(flat, random), flat, 1e-5, 1e-6));
    const double contrast = random_sharpness(step, random)[3][2][2].item<double>();
    sharper |= contrast > 1.05;
    smoother |= contrast < 0.95;
  }
  EXPECT_TRUE(sharper && smoother);
}

TEST(Augment, GammaKeepsZeroAndOneAndOrder) {
  Random random(0);
  const torch::Tensor x = torch::tensor({-0.5f, 0.f, 0.3f, 0.6f, 1.f});
  for (int i = 0; i < 20; ++i) {
    const torch::Tensor y = random_gamma(x, random);
    EXPECT_EQ(y[1].item<float>(), 0);
    EXPECT_FLOAT_EQ(y[4].item<float>(), 1);
    EXPECT_TRUE((y.diff() > 0).all().item<bool>());
  }
}

TEST(Augment, ContrastKeepsZeroAndMovesTissuesBothWays) {
  Random random(0);
  const torch::Tensor x = torch::tensor({-0.5f, 0.f, 0.25f, 0.375f, 0.5f, 1.f, 1.5f});
  int falling = 0;
  for (int i = 0; i < 50; ++i) {
    const torch::Tensor y = random_contrast(x, random);
    EXPECT_EQ(y[1].item<float>(), 0);
    EXPECT_FLOAT_EQ(y[0].item<float>(), -y[4].item<float>());
    EXPECT_NEAR(y[3].item<float>(), (y[2] + y[4]).item<float>() / 2, 1e-6);  // linear between knots
    const torch::Tensor knots = random_contrast(torch::tensor({0.25f, 0.5f, 0.75f, 1.f}), random);
    EXPECT_GE(knots.max().item<float>(), 0.9f - 1e-6f);
    EXPECT_LE(knots.max().item<float>(), 1.1f + 1e-6f);
    falling += y[5].item<float>() < y[4].item<float>();
  }
  EXPECT_GT(falling, 10);
  EXPECT_LT(falling, 40);
}

TEST(Augment, PaintedLabelsAreFlatInsideAndBackgroundStaysZero) {
  torch::Tensor labels = torch::zeros({16, 16, 16}, torch::kUInt8);
  labels.narrow(0, 6, 10).fill_(1);
  labels.narrow(0, 11, 5).fill_(200);
  Random random(3);
  std::set<float> means;
  for (int i = 0; i < 10; ++i) {
    const torch::Tensor scan = paint_labels(labels, random);
    EXPECT_EQ(scan.narrow(0, 0, 5).abs().max().item<float>(), 0);  // the edge is one voxel wide
    EXPECT_GT(scan.select(0, 5).min().item<float>(), 0);
    for (const std::int64_t inside : {8, 14}) {
      const torch::Tensor tissue = scan.select(0, inside);
      EXPECT_LT((tissue.std() / tissue.mean()).item<float>(), 0.03f);
      means.insert(tissue.mean().item<float>());
    }
  }
  EXPECT_EQ(means.size(), 20u);
}

TEST(PatchSource, PaintsLabelsAnewForEveryPatch) {
  TrainingVolume volume{"labels", torch::ones({24, 24, 24})};
  volume.label_map = torch::full({24, 24, 24}, 3, torch::kUInt8);
  volume.painted = true;
  const TrainingBatch batch = PatchSource({volume}, plain_config()).draw(0);
  EXPECT_GT((batch.clean[0].mean() - batch.clean[1].mean()).abs().item<double>(), 1e-3);
  EXPECT_LT(batch.clean[0].std().item<double>(), 0.04);
}

// In a volume whose voxels rise by one along every axis, the slope of a patch along an axis is the size of its voxels.
TEST(PatchSource, SlicesAreFineWithinThePlaneAndThickAcrossItAndSaySo) {
  TrainingConfig config = plain_config();
  config.augment.slices = 1;
  const torch::Tensor n = torch::arange(64.);
  const PatchSource source({{"ramps", 1 + n.view({64, 1, 1}) + n.view({1, 64, 1}) + n}}, config);
  for (std::uint64_t stream = 0; stream < 20; ++stream) {
    Random random(0, stream);
    const TrainingSample patch = source.sample(random);
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const torch::Tensor x = patch.voxels.select(axis == 0 ? 1 : 0, 8).select(axis == 2 ? 0 : 1, 8);
      const double slope = std::abs((x[13] - x[2]).item<double>()) / 11, voxel = patch.spacing_mm[2 - axis];
      EXPECT_NEAR(slope, voxel, 0.1 * voxel) << "axis " << axis;  // means of two or three slices in turn
      EXPECT_GE(voxel, axis == 0 ? 1 : 0.43);                     // 7 of 16
      EXPECT_LE(voxel, axis == 0 ? 3 : 1);
    }
    EXPECT_EQ(patch.spacing_mm[0], patch.spacing_mm[1]);
  }
}

TEST(Augment, ResamplingKeepsALinearRamp) {
  const torch::Tensor ramp = torch::arange(24.).view({24, 1, 1}).expand({24, 24, 24}).contiguous();
  const torch::Tensor half = resample_cube(ramp, 12).select(1, 5).select(1, 5);
  EXPECT_TRUE(torch::allclose(half, torch::arange(12.) * 2 + 0.5));
}

}  // namespace
}  // namespace voxprior
