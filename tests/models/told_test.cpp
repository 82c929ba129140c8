#include "models/told.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "models/label_shares.h"
#include "pipeline/tiling/tiled.h"
#include "tests/models/conditional_model.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::HasSubstr;

class ToldModel : public testing::Test {
 protected:
  LoadedCascade cascade_of(const Conditioning& coarse, const Conditioning& octave) {
    test::write_conditional_model(scratch_ / "coarse.safetensors", ModelKind::diffusion, coarse);
    test::write_conditional_model(scratch_ / "octave-1.safetensors", ModelKind::detail, octave);
    return load_cascade(scratch_ / "");
  }

  static Told of_class(const std::string& name, double guidance = 1) {
    Told told;
    told.class_name = name;
    told.guidance = guidance;
    return told;
  }

  static std::string refusal(const LoadedCascade& cascade, const Told& told) {
    try {
      check_told(cascade, told);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
      return error.what();
    }
    return "was accepted";
  }

  test::ScratchFolder scratch_;
  const Conditioning two_classes_{{"t1", "t2"}, {}, {}};
  const torch::Tensor x_ = (torch::manual_seed(5), torch::randn({2, 1, 8, 16, 12}));
};

TEST_F(ToldModel, AClassChangesTheAnswerOfEveryLevelThatKnowsIt) {
  const LoadedCascade cascade = cascade_of(two_classes_, {});
  EXPECT_EQ(cascade.conditioning, two_classes_);
  const torch::NoGradGuard no_grad;
  const torch::Tensor any = cascade.coarse.denoise(x_, 0.5);
  const torch::Tensor t1 = told_denoiser(cascade, 0, of_class("t1"))(x_, 0.5);
  const torch::Tensor t2 = told_denoiser(cascade, 0, of_class("t2"))(x_, 0.5);
  EXPECT_GT((t1 - any).abs().max().item<double>(), 1e-3);
  EXPECT_GT((t1 - t2).abs().max().item<double>(), 1e-3);
  EXPECT_TRUE(told_denoiser(cascade, 0, {})(x_, 0.5).equal(any));

  EXPECT_TRUE(told_denoiser(cascade, 1, of_class("t1", 3))(x_, 0.5).equal(cascade.octaves[0].denoise(x_, 0.5)));
}

TEST_F(ToldModel, AClassThatIsNotToldIsNoClass) {
  const LoadedCascade cascade = cascade_of(two_classes_, {});
  const torch::NoGradGuard no_grad;
  const Condition mixed{torch::tensor({std::int64_t{-1}, std::int64_t{1}}), {}, {}};
  const torch::Tensor both = cascade.coarse.conditional(x_, 0.5, mixed);
  const torch::Tensor any = cascade.coarse.denoise(x_, 0.5);
  const torch::Tensor t2 = told_denoiser(cascade, 0, of_class("t2"))(x_, 0.5);
  EXPECT_TRUE(both[0].allclose(any[0], 1e-5, 1e-6));
  EXPECT_TRUE(both[1].allclose(t2[1], 1e-5, 1e-6));
}

TEST_F(ToldModel, GuidanceGoesBeyondTheClassAwayFromAny) {
  const LoadedCascade cascade = cascade_of(two_classes_, two_classes_);
  const torch::NoGradGuard no_grad;
  for (const std::size_t level : {0, 1}) {
    const torch::Tensor any = told_denoiser(cascade, level, {})(x_, 0.5);
    const torch::Tensor t1 = told_denoiser(cascade, level, of_class("t1"))(x_, 0.5);
    const torch::Tensor strong = told_denoiser(cascade, level, of_class("t1", 2.5))(x_, 0.5);
    EXPECT_TRUE(strong.allclose(any + 2.5 * (t1 - any), 1e-4, 1e-5));
    EXPECT_EQ(evaluations_for_one(cascade, level, of_class("t1")), 1);
    EXPECT_EQ(evaluations_for_one(cascade, level, of_class("t1", 2.5)), 2);
  }
}

TEST_F(ToldModel, AutoguidanceGoesAwayFromTheWeakerNetworkThatIsToldTheSame) {
  test::write_conditional_model(scratch_ / "coarse-weak.safetensors", ModelKind::diffusion, two_classes_, {}, 2);
  const LoadedCascade cascade = cascade_of(two_classes_, two_classes_);
  const torch::NoGradGuard no_grad;
  Told told = of_class("t1", 2.5);
  const torch::Tensor strong = told_denoiser(cascade, 0, told)(x_, 0.5);
  const Condition t1{torch::tensor({std::int64_t{0}}), {}, {}};
  const torch::Tensor weak = cascade.weak[0]->conditional(x_, 0.5, t1);
  EXPECT_GT((strong - weak).abs().max().item<double>(), 1e-3);

  told.autoguidance = {1.5};
  EXPECT_TRUE(told_denoiser(cascade, 0, told)(x_, 0.5).allclose(weak + 1.5 * (strong - weak), 1e-4, 1e-5));
  EXPECT_EQ(evaluations_for_one(cascade, 0, told), 3);
  EXPECT_EQ(evaluations_for_one(cascade, 1, told), 2);  // octaves have no weaker network
  told.guidance = 1;
  EXPECT_EQ(evaluations_for_one(cascade, 0, told), 2);
}

TEST_F(ToldModel, WhatTheModelCannotBeToldIsRefused) {
  const LoadedCascade knows = cascade_of(two_classes_, {});
  EXPECT_THAT(refusal(knows, of_class("flair")), HasSubstr("no class 'flair'; --class is one of: t1, t2"));
  EXPECT_THAT(refusal(knows, of_class("", 2)), HasSubstr("add --class"));
  EXPECT_EQ(refusal(knows, of_class("t2", 2)), "was accepted");
  EXPECT_EQ(refusal(knows, {}), "was accepted");
  const LoadedCascade unconditional = cascade_of({}, {});
  EXPECT_THAT(refusal(unconditional, of_class("t1")), HasSubstr("knows no classes"));
  EXPECT_THAT(refusal(unconditional, of_class("", 2)), HasSubstr("is unconditional"));
  Told autoguided;
  autoguided.autoguidance = {2};
  EXPECT_THAT(refusal(unconditional, autoguided), HasSubstr("no weaker network, coarse-weak.safetensors"));
}

TEST_F(ToldModel, LevelsOfOtherClassesDoNotBelongTogether) {
  try {
    cascade_of(two_classes_, {{"t1", "flair"}, {}, {}});
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::model);
    EXPECT_THAT(error.what(), HasSubstr("knows the classes t1, flair, another level of the cascade t1, t2"));
  }
}

Conditioning spacings(double from, double to) {
  return {{}, SpacingRange{{from, from, from}, {to, to, to}, {from, from, from}}, {}};
}

TEST_F(ToldModel, EachLevelIsToldTheVoxelsOfItsOwnResolution) {
  const LoadedCascade cascade = cascade_of(spacings(4, 6), spacings(1, 8));  // one octave: 2 to 3 mm come out
  EXPECT_EQ(cascade.spacing.smallest_mm, (Spacing{2, 2, 2}));
  EXPECT_EQ(cascade.spacing.largest_mm, (Spacing{3, 3, 3}));
  const torch::NoGradGuard no_grad;
  Told told;
  EXPECT_EQ(spacing_of(cascade, told), (Spacing{2, 2, 2}));
  told.spacing_mm = Spacing{2, 2.5, 3};
  const auto condition = [](float x, float y, float z) {
    return Condition{{}, torch::tensor({x, y, z}).view({1, 3}), {}};
  };
  EXPECT_TRUE(told_denoiser(cascade, 0, told)(x_, 0.5).equal(cascade.coarse.conditional(x_, 0.5, condition(4, 5, 6))));
  EXPECT_TRUE(
      told_denoiser(cascade, 1, told)(x_, 0.5).equal(cascade.octaves[0].conditional(x_, 0.5, condition(2, 2.5, 3))));
  EXPECT_GT(
      (told_denoiser(cascade, 0, told)(x_, 0.5) - told_denoiser(cascade, 0, {})(x_, 0.5)).abs().max().item<double>(),
      1e-3);

  EXPECT_EQ(refusal(cascade, told), "was accepted");
  told.spacing_mm = Spacing{2, 2, 3.2};
  EXPECT_THAT(refusal(cascade, told), HasSubstr("trained on: 2 x 2 x 2 to 3 x 3 x 3"));
  told.spacing_mm = Spacing{2, 2, 3};
  told.guidance = 2;
  EXPECT_THAT(refusal(cascade, told), HasSubstr("is unconditional"));  // a voxel size is nothing to strengthen
}

TEST_F(ToldModel, AModelThatWasNotToldAVoxelSizeHasOne) {
  const LoadedCascade cascade = cascade_of({}, {});
  Told told;
  told.spacing_mm = Spacing{2, 2, 2};
  EXPECT_EQ(refusal(cascade, told), "was accepted");
  told.spacing_mm = Spacing{2, 2, 2.5};
  EXPECT_THAT(refusal(cascade, told), HasSubstr("--spacing"));
  EXPECT_THROW(cascade_of({}, spacings(3, 5)), Error);  // the coarse level leads to 2 mm
}

TEST_F(ToldModel, AMaskRidesBehindTheVolumeThroughGuidanceAndTiles) {
  const Conditioning labelled{{}, {}, {{1, "grey"}, {5, "white"}}};
  const LoadedCascade cascade = cascade_of(labelled, labelled);
  const torch::NoGradGuard no_grad;
  Told told;
  told.mask = true;
  told.guidance = 1.5;
  EXPECT_EQ(refusal(cascade, told), "was accepted");
  const torch::Tensor x = torch::randn({1, 1, 64, 16, 12});
  const torch::Tensor mask = label_shares(torch::randint(0, 3, {64, 16, 12}, torch::kUInt8), 2).unsqueeze(0);
  const LoadedDenoiser& octave = cascade.octaves[0];
  const torch::Tensor without = octave.denoise(x, 0.5), with = octave.conditional(x, 0.5, {{}, {}, mask});
  EXPECT_GT((with - without).abs().max().item<double>(), 1e-3);

  const Denoiser riding = told_denoiser(cascade, 1, told);
  const torch::Tensor whole = with_mask(riding, mask)(x, 0.5);
  EXPECT_TRUE(whole.allclose(without + 1.5 * (with - without), 1e-4, 1e-5));
  const torch::Tensor in_tiles = with_mask(tiled(riding, octave.locality, octave.bytes_per_voxel, 3e6), mask)(x, 0.5);
  EXPECT_TRUE(in_tiles.allclose(whole, 1e-4, 1e-5));

  const LoadedCascade none = cascade_of(two_classes_, {});
  EXPECT_FALSE(takes_mask(none, 0, told));
  EXPECT_THAT(refusal(none, told), HasSubstr("was trained without masks"));
  EXPECT_THROW(cascade_of(labelled, {{}, {}, {{1, "grey"}}}), Error);
}

TEST_F(ToldModel, AModelOfMasksDrawsTheSharesOfTheLabelsThatTheOthersAreTold) {
  const Labels labels{{1, "grey"}, {5, "white"}};
  const auto mask_of = [&](const Conditioning& told, const Labels& draws) {
    test::write_conditional_model(scratch_ / "mask.safetensors", ModelKind::diffusion, told, draws);
    return cascade_of({{"t1"}, {}, labels}, {});
  };
  const LoadedCascade cascade = mask_of({{"t1"}, {}, {}}, labels);
  EXPECT_EQ(cascade.mask_size, cascade.coarse_size);  // one doubling short of the volumes
  const torch::NoGradGuard no_grad;
  const torch::Tensor x = torch::randn({1, 3, 8, 16, 12});
  const torch::Tensor any = mask_denoiser(cascade, {})(x, 0.5), t1 = mask_denoiser(cascade, of_class("t1"))(x, 0.5);
  EXPECT_EQ(any.sizes(), x.sizes());
  EXPECT_GT((t1 - any).abs().max().item<double>(), 1e-3);
  EXPECT_TRUE(mask_denoiser(cascade, of_class("t1", 2))(x, 0.5).allclose(2 * t1 - any, 1e-4, 1e-5));
  EXPECT_EQ(mask_evaluations_for_one(cascade, of_class("t1", 2)), 2);

  EXPECT_THROW(mask_of({}, {{1, "grey"}}), Error);         // other labels
  EXPECT_THROW(mask_of({}, {}), Error);                    // draws images
  EXPECT_THROW(mask_of({{"t2"}, {}, {}}, labels), Error);  // another class
  mask_of({}, labels);
  EXPECT_THROW(cascade_of({}, {}), Error);  // the others are told no mask
  test::write_conditional_model(scratch_ / "coarse.safetensors", ModelKind::diffusion, {}, labels);
  EXPECT_THROW(load_cascade(scratch_ / ""), Error);  // a mask model under the name of another
}

}  // namespace
}  // namespace voxprior
