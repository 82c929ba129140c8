#include "models/training/conditions.h"

#include <gmock/gmock.h>

#include <array>

#include "base/error.h"

namespace voxprior {
namespace {

TrainingVolume volume(const std::string& name, const std::string& class_name) {
  TrainingVolume volume{name, torch::rand({16, 16, 16})};
  volume.class_name = class_name;
  return volume;
}

TrainingConfig config_for(ModelKind kind, const std::vector<std::string>& what) {
  TrainingConfig config;
  config.kind = kind;
  config.model.widths = {{8, 16}, {1, 1}, 8, 2, 3};
  config.augment.rician = config.augment.zeroed_background = 0;
  config.training.batch = 8;
  config.training.patch = 16;
  config.conditioning.what = what;
  return config;
}

const ModelKind kKinds[] = {ModelKind::detail, ModelKind::diffusion};

TEST(Conditions, ClassesAreThoseOfTheTrainingVolumesInOrder) {
  const TrainingConfig config = config_for(ModelKind::diffusion, {"class"});
  EXPECT_EQ(conditioning_of({volume("a", "t2"), volume("b", "t1"), volume("c", "t2")}, config).classes,
            (std::vector<std::string>{"t1", "t2"}));
  EXPECT_FALSE(conditioning_of({volume("a", "t2")}, config_for(ModelKind::diffusion, {})).any());
  try {
    conditioning_of({volume("a", "t2"), volume("b", "")}, config);
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::input);
    EXPECT_THAT(error.what(), testing::StartsWith("b: has no class"));
  }
}

TEST(Conditions, EachSampleIsToldTheClassOfItsVolumeOrNothingAtTheStatedRate) {
  for (const ModelKind kind : kKinds) {
    TrainingConfig config = config_for(kind, {"class"});
    config.conditioning.drop = 0.25;
    config.augment.rescale = config.augment.gamma = 0;
    std::vector<TrainingVolume> volumes{volume("dark", "t1"), volume("bright", "t2")};
    volumes[1].voxels += 2;
    const auto source = make_source(volumes, config);
    double dropped = 0, told = 0;
    for (int step = 0; step < 50; ++step) {
      const TrainingBatch batch = source->draw(step);
      ASSERT_EQ(batch.condition.classes.numel(), 8);
      for (int i = 0; i < 8; ++i) {
        const auto number = batch.condition.classes[i].item<std::int64_t>();
        if (number < 0) {
          ++dropped;
        } else {
          ++told;
          EXPECT_EQ(number, batch.clean[i].mean().item<double>() > 1.2 ? 1 : 0);
        }
      }
    }
    EXPECT_NEAR(dropped / (dropped + told), 0.25, 0.065);  // three standard deviations of 400 draws
  }
}

TEST(Conditions, WithoutThemASourceDrawsWhatItAlwaysDrew) {
  for (const ModelKind kind : kKinds) {
    const std::vector<TrainingVolume> volumes{volume("a", "t1"), volume("b", "t2")};
    const TrainingBatch plain = make_source(volumes, config_for(kind, {}))->draw(3);
    const TrainingBatch told = make_source(volumes, config_for(kind, {"class"}))->draw(3);
    EXPECT_FALSE(plain.condition.classes.defined());
    EXPECT_TRUE(plain.noisy.equal(told.noisy));
    EXPECT_TRUE(plain.sigma.equal(told.sigma));
  }
}

TEST(Conditions, AVolumeOfAnUnknownClassCannotBeValidatedOn) {
  const Conditioning conditioning{{"t1"}, {}, {}};
  EXPECT_EQ(condition_of(volume("a", "t1"), conditioning).classes.item<std::int64_t>(), 0);
  EXPECT_THROW(condition_of(volume("a", "t2"), conditioning), Error);
  EXPECT_FALSE(condition_of(volume("a", "t2"), Conditioning{}).classes.defined());
}

// Each label has a grey value of its own, so that a mask can be told from the image that it belongs to.
TrainingVolume labelled(const std::string& name, std::vector<std::int64_t> size) {
  torch::manual_seed(4);
  TrainingVolume volume{name, {}};
  volume.label_map = torch::randint(0, 3, size, torch::kUInt8);
  volume.voxels = volume.label_map.to(torch::kFloat32) / 2 + 0.1;
  volume.spacing_mm = {1, 2, 4};
  return volume;
}

TrainingConfig labelled_config(ModelKind kind) {
  TrainingConfig config = config_for(kind, {"mask", "spacing"});
  config.labels = {{3, "grey"}, {7, "white"}};
  config.augment = {0, 0, 0, 0, 0, 0.5, 0, 0, 0, 0};
  config.conditioning.drop = 0.01;
  return config;
}

TEST(Conditions, AMaskTurnsWithItsImage) {
  for (const ModelKind kind : kKinds) {
    const TrainingConfig config = labelled_config(kind);
    const auto source = make_source({labelled("a", {16, 24, 20})}, config);
    EXPECT_EQ(source->conditioning().labels, config.labels);
    for (int n = 0; n < 10; ++n) {
      Random random(1, n);
      const TrainingSample sample = source->sample(random);
      ASSERT_EQ(sample.mask.size(0), 3);
      const torch::Tensor expected = (sample.voxels - 0.1) * 2;
      EXPECT_TRUE(sample.mask.argmax(0).to(torch::kFloat32).allclose(expected, 0, 1e-3)) << n;
    }
  }
}

TEST(Conditions, WhereLabelsAreDrawnTheirSharesAreTheSample) {
  TrainingConfig config = labelled_config(ModelKind::diffusion);
  config.conditioning.what = {};
  config.model.draws = "labels";
  const auto source = make_source({labelled("a", {16, 24, 20})}, config);
  const TrainingBatch batch = source->draw(0);
  EXPECT_EQ(batch.clean.sizes(), (std::vector<std::int64_t>{8, 3, 16, 24, 20}));
  EXPECT_TRUE(batch.clean.sum(1).allclose(torch::ones({8, 16, 24, 20})));
  EXPECT_FALSE(batch.condition.mask.defined());
  EXPECT_EQ(measure_feature_std(*source, 4, 0).numel(), 27);
}

TEST(Conditions, HalvedMasksHoldSharesThatAddUpToOne) {
  TrainingConfig config = labelled_config(ModelKind::diffusion);
  config.data.halvings = 1;
  config.augment.shift_voxels = config.augment.warp_voxels = 2;
  const auto source = make_source({labelled("a", {16, 24, 24})}, config);
  Random random(1, 0);
  const TrainingSample sample = source->sample(random);
  EXPECT_EQ(sample.mask.sizes(), (std::vector<std::int64_t>{3, 8, 12, 12}));
  EXPECT_TRUE(sample.mask.sum(0).allclose(torch::ones({8, 12, 12})));
  EXPECT_EQ(sample.spacing_mm, (Spacing{2, 4, 8}));
  EXPECT_EQ(source->conditioning().spacing->typical_mm, (Spacing{2, 4, 8}));
}

TEST(Conditions, TheVoxelSizeOfAPatchTurnsWithIt) {
  // Along i the voxels alternate, along j they do so in pairs, along k in fours: a patch shows where its axes went.
  TrainingVolume volume{"a", torch::zeros({16, 16, 16}), {1, 2, 4}};
  const torch::Tensor n = torch::arange(16);
  const auto stripes = [&](std::int64_t width) { return (n / width).floor().remainder(2).to(torch::kFloat32); };
  volume.voxels = 0.2 + stripes(1).view({1, 1, 16}) + 3 * stripes(2).view({1, 16, 1}) + 9 * stripes(4).view({16, 1, 1});
  TrainingConfig config = config_for(ModelKind::detail, {"spacing"});
  config.augment = {0, 0, 0, 0, 0};
  const auto source = make_source({volume}, config);
  EXPECT_EQ(source->conditioning().spacing->smallest_mm, (Spacing{1, 1, 1}));
  EXPECT_EQ(source->conditioning().spacing->largest_mm, (Spacing{4, 4, 4}));
  for (int draw = 0; draw < 12; ++draw) {
    Random random(2, draw);
    const TrainingSample sample = source->sample(random);
    for (std::int64_t axis = 0; axis < 3; ++axis) {
      const torch::Tensor changes = sample.voxels.diff(1, axis).abs();
      const double expected =
          std::array<double, 5>{0, 1, 3, 0, 9}[static_cast<std::size_t>(sample.spacing_mm[2 - axis])];
      EXPECT_NEAR(changes.max().item<double>(), expected, 1e-4);
    }
  }
}

TEST(Conditions, WhatGuidanceStrengthensIsLeftOutTogetherAndOneByOne) {
  const Conditioning both{{"t1"}, {}, {{1, "grey"}}};
  double neither = 0, no_class = 0, no_mask = 0;
  for (int n = 0; n < 2000; ++n) {
    TrainingSample sample{{}, {}, 0, torch::ones({1})};
    Random random(3, n);
    leave_out(sample, both, 0.2, random);
    const bool hidden_class = sample.class_number < 0, hidden_mask = !sample.mask.defined();
    neither += hidden_class && hidden_mask;
    no_class += hidden_class && !hidden_mask;
    no_mask += !hidden_class && hidden_mask;
  }
  EXPECT_NEAR(neither / 2000, 0.2 + 0.8 * 0.04, 0.03);
  EXPECT_NEAR(no_class / 2000, 0.8 * 0.16, 0.03);
  EXPECT_NEAR(no_mask / 2000, 0.8 * 0.16, 0.03);
}

TEST(Conditions, AVolumeWithoutItsMaskIsRefused) {
  TrainingVolume volume = labelled("a", {16, 16, 16});
  volume.label_map = torch::Tensor();
  EXPECT_THROW(make_source({volume}, labelled_config(ModelKind::diffusion)), Error);
}

}  // namespace
}  // namespace voxprior
