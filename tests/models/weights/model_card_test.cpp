#include "models/weights/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"

namespace voxprior {
namespace {

using nlohmann::json;
using testing::HasSubstr;

ModelCard example_card() {
  ModelCard card;
  card.name = "mri-t1";
  card.architecture = "local-unet";
  card.widths = {{"channels", {48, 96, 128}}, {"blocks", {1, 2, 1}}, {"embedding", {64}}};
  card.sigma_min = 0.005;
  card.sigma_max = 0.6;
  card.intensity = "mr-p99.5";
  card.modality = "mr";
  card.voxel_min_mm = 0.7;
  card.voxel_max_mm = 1.2;
  card.training_data = "40 T1-weighted brains, \"skull-stripped\"";
  card.licence = "CC-BY-4.0; data: PDDL";
  card.metrics = {{"psnr_db@sigma=0.05", 33.123456789012345}};
  card.recipe_sha256 = std::string(64, 'a');
  card.program_version = "0.1.0";
  card.steps = 123456;
  return card;
}

/// The message with which a card is refused after `change`.
std::string refusal(const std::function<void(json&)>& change) {
  json root = json::parse(format_model_card(example_card()));
  change(root);
  try {
    parse_model_card(root.dump(), "model.safetensors");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::model);
    EXPECT_THAT(error.what(), HasSubstr("model.safetensors"));
    return error.what();
  }
  return "was accepted";
}

TEST(ModelCard, AdvisesHowItIsBestSampled) {
  ModelCard card = example_card();
  card.kind = "diffusion";
  card.sampling = SamplingAdvice{"ddpm", 60, 0.06, 1.5};
  const std::string text = format_model_card(card);
  const ModelCard back = parse_model_card(text, "file");
  ASSERT_TRUE(back.sampling);
  EXPECT_EQ(back.sampling->sampler, "ddpm");
  EXPECT_EQ(back.sampling->steps, 60);
  EXPECT_EQ(back.sampling->last_sigma, 0.06);
  EXPECT_EQ(back.sampling->autoguidance, 1.5);
  for (const auto& [key, value] : {std::pair<std::string, json>{"steps", 0},
                                   {"last_sigma", 0.6},
                                   {"autoguidance", 0},
                                   {"sampler", "a\nb"},
                                   {"more", 1}}) {
    json root = json::parse(text);
    root["sampling"][key] = value;
    EXPECT_THROW(parse_model_card(root.dump(), "file"), Error) << key;
  }
  card.kind = "denoiser";
  EXPECT_THROW(format_model_card(card), Error);
}

TEST(ModelCard, SaysHowABridgeIsFollowedAndOnlyOfABridge) {
  EXPECT_FALSE(parse_model_card(format_model_card(example_card()), "file").bridge);
  ModelCard card = example_card();
  card.kind = "bridge";
  EXPECT_THROW(format_model_card(card), Error);
  card.bridge = BridgeAdvice{"drift-fixed", 5, 0.02};
  const std::string text = format_model_card(card);
  const ModelCard back = parse_model_card(text, "file");
  ASSERT_TRUE(back.bridge);
  EXPECT_EQ(back.bridge->sampler, "drift-fixed");
  EXPECT_EQ(back.bridge->steps, 5);
  EXPECT_EQ(back.bridge->epsilon, 0.02);
  for (const auto& [key, value] : {std::pair<std::string, json>{"steps", 0},
                                   {"steps", 101},
                                   {"epsilon", -0.1},
                                   {"sampler", "a\nb"},
                                   {"more", 1}}) {
    json root = json::parse(text);
    root["bridge"][key] = value;
    EXPECT_THROW(parse_model_card(root.dump(), "file"), Error) << key;
  }
  card.kind = "denoiser";
  EXPECT_THROW(format_model_card(card), Error);
}

TEST(ModelCard, SaysOfADistilledModelWhatItWasMadeOf) {
  EXPECT_FALSE(parse_model_card(format_model_card(example_card()), "file").distilled);
  ModelCard card = example_card();
  card.kind = "diffusion";
  card.distilled = Distilled{std::string(64, 'c'), 2};
  const ModelCard back = parse_model_card(format_model_card(card), "file");
  ASSERT_TRUE(back.distilled);
  EXPECT_EQ(back.distilled->teacher_sha256, std::string(64, 'c'));
  EXPECT_EQ(back.distilled->steps, 2);

  const auto refused = [](const char* key, const json& value) {
    return refusal([&](json& root) {
      root["kind"] = "diffusion";
      root["distilled"] = {{"teacher_sha256", std::string(64, 'c')}, {"steps", 2}};
      root["distilled"][key] = value;
    });
  };
  EXPECT_THAT(refused("steps", 5), HasSubstr("1 to 4"));
  EXPECT_THAT(refused("teacher_sha256", "abc"), HasSubstr("teacher_sha256"));
  EXPECT_THAT(refused("more", 1), HasSubstr("unknown key"));
  EXPECT_THAT(refusal([](json& root) {
                root["distilled"] = {{"teacher_sha256", std::string(64, 'c')}, {"steps", 2}};
              }),
              HasSubstr("denoiser"));
}

TEST(ModelCard, ComesBackAsItWas) {
  const ModelCard before = example_card();
  const ModelCard after = parse_model_card(format_model_card(before), "file");
  EXPECT_EQ(format_model_card(after), format_model_card(before));
  EXPECT_EQ(after.name, before.name);
  EXPECT_EQ(after.kind, "denoiser");
  EXPECT_EQ(after.architecture, before.architecture);
  EXPECT_EQ(after.widths, before.widths);
  EXPECT_EQ(after.sigma_min, before.sigma_min);
  EXPECT_EQ(after.sigma_max, before.sigma_max);
  EXPECT_EQ(after.intensity, before.intensity);
  EXPECT_EQ(after.modality, before.modality);
  EXPECT_EQ(after.voxel_min_mm, before.voxel_min_mm);
  EXPECT_EQ(after.voxel_max_mm, before.voxel_max_mm);
  EXPECT_EQ(after.training_data, before.training_data);
  EXPECT_EQ(after.licence, before.licence);
  EXPECT_EQ(after.metrics, before.metrics);
  EXPECT_EQ(after.recipe_sha256, before.recipe_sha256);
  EXPECT_EQ(after.program_version, before.program_version);
  EXPECT_EQ(after.steps, before.steps);
}

TEST(ModelCard, EveryMissingKeyIsNamed) {
  const json complete = json::parse(format_model_card(example_card()));
  EXPECT_EQ(complete.size(), 16u);
  for (const auto& [key, value] : complete.items())
    EXPECT_THAT(refusal([&, name = key](json& card) { card.erase(name); }), HasSubstr("\"" + key + "\" is missing"));
}

TEST(ModelCard, HoldsWhatTheModelCanBeTold) {
  ModelCard before = example_card();
  EXPECT_THAT(format_model_card(before), testing::Not(HasSubstr("conditioning")));
  before.conditioning.classes = {"t2", "t1"};
  before.conditioning.labels = {{2, "white matter"}, {41, "the other"}};
  before.conditioning.spacing = SpacingRange{{1, 1, 2}, {2, 2, 3.5}, {1, 2, 2}};
  EXPECT_EQ(parse_model_card(format_model_card(before), "file").conditioning, before.conditioning);

  const auto refused = [](const json& conditioning) {
    return refusal([&](json& card) { card["conditioning"] = conditioning; });
  };
  EXPECT_THAT(refused(1), HasSubstr("\"conditioning\" is no object"));
  EXPECT_THAT(refused({{"colours", {"red"}}}), HasSubstr("unknown key \"colours\""));
  EXPECT_THAT(refused({{"labels", {{"0", "air"}}}}), HasSubstr("label \"0\" is no positive number"));
  EXPECT_THAT(refused({{"labels", {{"1", 7}}}}), HasSubstr("label \"1\""));
  EXPECT_THAT(refused({{"spacing_min_mm", {1, 1, 1}}}), HasSubstr("\"spacing_max_mm\" is missing"));
  EXPECT_THAT(refused({{"spacing_min_mm", {1, 1, 1}}, {"spacing_max_mm", {1, 1}}}), HasSubstr("spacing_max_mm"));
  EXPECT_THAT(
      refused({{"spacing_min_mm", {1, 1, 1}}, {"spacing_max_mm", {2, 2, 2}}, {"spacing_typical_mm", {3, 2, 2}}}),
      HasSubstr("is not between"));
  EXPECT_THAT(refused({{"classes", json::array()}}), HasSubstr("\"classes\" is no list"));
  for (const json& names : {json{"t1", "t1"}, json{"t1", ""}, json{"t1", 2}, json{"a\nb"}})
    EXPECT_THAT(refused({{"classes", names}}), HasSubstr("no name of its own"));
}

TEST(ModelCard, HoldsTheLabelsThatAModelDraws) {
  ModelCard before = example_card();
  before.draws = {{2, "white matter"}};
  before.intensity = "label-shares";
  EXPECT_EQ(parse_model_card(format_model_card(before), "file").draws, before.draws);
  before.intensity = "mr-p99.5";
  EXPECT_THROW(format_model_card(before), Error);
  EXPECT_THAT(refusal([](json& card) { card["intensity"] = "label-shares"; }), HasSubstr("contradict each other"));
}

TEST(ModelCard, EveryKeyOfAWrongTypeIsNamed) {
  const json complete = json::parse(format_model_card(example_card()));
  for (const auto& [key, value] : complete.items())
    EXPECT_THAT(refusal([&, name = key](json& card) { card[name] = true; }), HasSubstr("\"" + key + "\" is no"));
}

TEST(ModelCard, UnknownKeysAndValuesAreRefused) {
  EXPECT_THAT(refusal([](json& card) { card["attention"] = 1; }), HasSubstr("unknown key \"attention\""));
  EXPECT_THAT(refusal([](json& card) { card["kind"] = "flow"; }), HasSubstr("\"kind\""));
  EXPECT_THAT(refusal([](json& card) { card["intensity"] = "z-score"; }), HasSubstr("\"intensity\""));
  EXPECT_THAT(refusal([](json& card) { card["modality"] = "us"; }), HasSubstr("\"modality\""));
}

TEST(ModelCard, ValuesOutsideTheirRangeAreRefused) {
  EXPECT_THAT(refusal([](json& card) { card["sigma_min"] = 0; }), HasSubstr("sigma_min"));
  EXPECT_THAT(refusal([](json& card) { card["sigma_min"] = 0.7; }), HasSubstr("sigma_min"));
  EXPECT_THAT(refusal([](json& card) { card["voxel_max_mm"] = 0.1; }), HasSubstr("voxel_max_mm"));
  EXPECT_THAT(refusal([](json& card) { card["steps"] = -1; }), HasSubstr("steps"));
  EXPECT_THAT(refusal([](json& card) { card["recipe_sha256"] = "abc"; }), HasSubstr("recipe_sha256"));
  EXPECT_THAT(refusal([](json& card) { card["widths"]["channels"] = {-1}; }), HasSubstr("channels"));
  EXPECT_THAT(refusal([](json& card) { card["widths"]["channels"] = {1e9}; }), HasSubstr("channels"));
  EXPECT_THAT(refusal([](json& card) { card["metrics"]["ssim"] = "good"; }), HasSubstr("ssim"));
}

TEST(ModelCard, TextThatIsNoCardIsRefused) {
  for (const std::string text : {"", "card", "[]", "{", "{} {}", R"({"steps":1e999})"})
    EXPECT_THROW(parse_model_card(text, "file"), Error) << text;
  EXPECT_THROW(parse_model_card("{\"a\":" + std::string(100'000, '['), "file"), Error);
}

TEST(ModelCard, ACardThatCouldNotBeReadIsNotWritten) {
  ModelCard card = example_card();
  card.metrics["psnr"] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(format_model_card(card), Error);
  card = example_card();
  card.sigma_max = 0;
  EXPECT_THROW(format_model_card(card), Error);
}

TEST(ModelCard, UnrecordedVoxelSizesAreZero) {
  ModelCard card = example_card();
  card.voxel_min_mm = card.voxel_max_mm = 0;
  EXPECT_EQ(parse_model_card(format_model_card(card), "file").voxel_max_mm, 0);
}

TEST(ModelCard, WeightsWithoutACardAreRefused) {
  EXPECT_THROW(model_card_of({}, "file"), Error);
  EXPECT_EQ(model_card_of({{kModelCardKey, format_model_card(example_card())}}, "file").name, "mri-t1");
}

TEST(ModelCard, MissingWidthsAreNamed) {
  EXPECT_EQ(widths_of(example_card(), "blocks", "file"), (std::vector<std::int64_t>{1, 2, 1}));
  try {
    widths_of(example_card(), "depth", "file");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("\"depth\" is missing"));
  }
}

}  // namespace
}  // namespace voxprior
