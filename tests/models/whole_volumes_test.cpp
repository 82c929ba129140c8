#include "models/training/whole_volumes.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace voxprior {
namespace {

TrainingConfig small_config() {
  TrainingConfig config;
  config.kind = ModelKind::diffusion;
  config.model.widths = {{8, 16}, {1, 1}, 8, 2, 3};  // needs multiples of 4
  config.augment.mirror = config.augment.rescale = config.augment.gamma = 0;
  config.augment.rotation_degrees = config.augment.scaling = 0;
  config.augment.shift_voxels = config.augment.warp_voxels = 0;
  config.training.batch = 3;
  return config;
}

TrainingVolume blob(double centre = 8) {
  const torch::Tensor d = torch::arange(16.), h = torch::arange(24.), w = torch::arange(8.);
  const auto bell = [](const torch::Tensor& x, double at) { return (-(x - at).square() / 18).exp(); };
  return {
      "blob", bell(d, centre).view({16, 1, 1}) * bell(h, 11).view({1, 24, 1}) * bell(w, 2).view({1, 1, 8}), {2, 2, 2}};
}

std::string refusal(std::vector<TrainingVolume> volumes, const TrainingConfig& config) {
  try {
    make_source(std::move(volumes), config);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::input);
    return error.what();
  }
  return "was accepted";
}

TEST(WholeVolumes, WithoutAugmentationTheVolumeItselfIsDrawn) {
  const auto source = make_source({blob()}, small_config());
  Random random(0);
  EXPECT_TRUE(torch::allclose(source->clean_sample(random), blob().voxels, 1e-4, 1e-5));
}

TEST(WholeVolumes, AStableTargetIsWhatTheNoisedVolumeMostLikelyWas) {
  const torch::Tensor a = blob(7).voxels, b = blob(9).voxels;
  const StableTarget target({a, b});
  const torch::Tensor noisy = (a + 0.5 * torch::randn_like(a)).view({1, 1, 16, 24, 8});
  Random random(0);
  const auto at = [&](double sigma) { return target.of(noisy, torch::full({1}, sigma), noisy, random)[0][0]; };
  EXPECT_TRUE(torch::allclose(at(0.01), a));
  EXPECT_TRUE(torch::allclose(at(1e4), (a + b) / 2, 1e-3, 1e-4));
  const torch::Tensor nearer = ((noisy - b).square().sum() - (noisy - a).square().sum()) / (2 * 3. * 3.);
  const torch::Tensor share = torch::sigmoid(nearer);  // Bayes' rule for two volumes and sigma 3
  EXPECT_TRUE(torch::allclose(at(3), share * a + (1 - share) * b, 1e-3, 1e-4));
}

TEST(WholeVolumes, AStableTargetChangesWhatIsShownAndNotWhatIsNoised) {
  TrainingConfig config = small_config();
  config.noise = {0.01, 40, 5, 0.5};
  const TrainingBatch drawn = make_source({blob(7), blob(9)}, config)->draw(4);
  config.training.stable_target = true;
  const TrainingBatch stable = make_source({blob(7), blob(9)}, config)->draw(4);
  EXPECT_TRUE(torch::equal(stable.noisy, drawn.noisy));
  const StableTarget target({blob(7).voxels, blob(9).voxels});
  Random random(0);
  EXPECT_TRUE(torch::equal(stable.clean, target.of(drawn.noisy, drawn.sigma, drawn.clean, random)));
  EXPECT_FALSE(torch::equal(stable.clean, drawn.clean));
}

// Of four times as many volumes as a step looks at, half of them of one kind: what is far from all of them, under much
// noise, is their mean, and what had little noise is the noised volume, which the step may not have drawn.
TEST(WholeVolumes, AStableTargetOfManyVolumesLooksAtSomeAndAtTheNoisedOnes) {
  std::vector<torch::Tensor> volumes;
  for (std::int64_t i = 0; i < 4 * StableTarget::kMostVolumes; ++i)
    volumes.push_back(torch::full({2, 2, 2}, static_cast<double>(i % 2)) + 0.01 * torch::randn({2, 2, 2}));
  const StableTarget target(volumes);
  const torch::Tensor noised = torch::full({1, 1, 2, 2, 2}, 5.);
  Random random(3);
  const auto at = [&](const torch::Tensor& noisy, double sigma) {
    return target.of(noisy, torch::full({1}, sigma), noised, random);
  };
  EXPECT_TRUE(torch::allclose(at(noised + 0.1, 0.1), noised));
  EXPECT_NEAR(at(noised, 1e3).mean().item<float>(), 0.5, 0.07);  // 4 standard deviations of the mean of 1024
  EXPECT_FALSE(torch::equal(at(noised, 1e3), at(noised, 1e3)));  // of others each time
}

TEST(WholeVolumes, HalvingAveragesBlocksAndDoublesTheVoxel) {
  TrainingConfig config = small_config();
  config.data.halvings = 1;
  const auto source = make_source({blob()}, config);
  EXPECT_EQ(source->sample_size(), (std::vector<std::int64_t>{8, 12, 4}));
  EXPECT_EQ(source->voxel_edges_mm(), (std::pair<double, double>{4, 4}));
  Random random(0);
  EXPECT_NEAR(source->clean_sample(random).mean().item<float>(), blob().voxels.mean().item<float>(), 1e-5);
}

TEST(WholeVolumes, MirroringTurnsTheFastestAxisAlone) {
  TrainingConfig config = small_config();
  config.augment.mirror = 1;
  Random random(0);
  const torch::Tensor drawn = make_source({blob()}, config)->clean_sample(random);
  EXPECT_TRUE(torch::allclose(drawn, blob().voxels.flip(2), 1e-4, 1e-5));
}

TEST(WholeVolumes, AShiftMovesTheVolumeByNoMoreVoxelsThanAllowed) {
  TrainingConfig::Augment augment = small_config().augment;
  augment.shift_voxels = 2;
  const torch::Tensor d = torch::arange(16.).view({16, 1, 1});
  double furthest = 0;
  for (int n = 0; n < 50; ++n) {
    Random random(1, n);
    const torch::Tensor moved = random_warp(blob().voxels, augment, random);
    const double centre = ((moved * d).sum() / moved.sum()).item<double>();
    const double before = ((blob().voxels * d).sum() / blob().voxels.sum()).item<double>();
    furthest = std::max(furthest, std::abs(centre - before));
  }
  EXPECT_LT(furthest, 2.05);  // the bell is cut off at the edge, a little differently for every shift
  EXPECT_GT(furthest, 1.5);
}

TEST(WholeVolumes, RotationKeepsTheShapeOfABallInAGridOfUnequalSides) {
  TrainingConfig::Augment augment = small_config().augment;
  augment.rotation_degrees = 90;
  const torch::Tensor d = torch::arange(16.) - 7.5, h = torch::arange(24.) - 11.5, w = torch::arange(32.) - 15.5;
  const torch::Tensor r2 = d.square().view({16, 1, 1}) + h.square().view({1, 24, 1}) + w.square().view({1, 1, 32});
  const torch::Tensor ball = (-r2 / 12).exp();
  Random random(5);
  const torch::Tensor turned = random_warp(ball, augment, random);
  EXPECT_LT((turned - ball).abs().max().item<double>(), 0.06);  // interpolation at the tip; a shear gives 0.5
}

TEST(WholeVolumes, NoiseHasTheStatedStandardDeviationAndDrawsRepeat) {
  const auto source = make_source({blob()}, small_config());
  const TrainingBatch a = source->draw(4), b = source->draw(4), c = source->draw(5);
  EXPECT_TRUE(torch::equal(a.noisy, b.noisy));
  EXPECT_FALSE(torch::equal(a.noisy, c.noisy));
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_NEAR(((a.noisy[i] - a.clean[i]) / a.sigma[i]).std().item<double>(), 1, 0.06);  // 3072 voxels: +- 0.013
}

TEST(WholeVolumes, VolumesThatDoNotFitAreRefusedByName) {
  TrainingVolume other = blob();
  other.name = "other";
  other.voxels = torch::zeros({16, 24, 12});
  EXPECT_THAT(refusal({blob(), other}, small_config()), testing::HasSubstr("other: has another grid than blob"));
  TrainingConfig config = small_config();
  config.data.halvings = 2;
  EXPECT_THAT(refusal({blob()}, config), testing::HasSubstr("multiples of 16"));
  EXPECT_THAT(refusal({}, config), testing::HasSubstr("no volume to train on"));
}

}  // namespace
}  // namespace voxprior
