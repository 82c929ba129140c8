// voxprior train bridge, and denoise with what it makes. Networks and runs are as small as they get, so these tests are
// about the way there and back, not about quality.
#include <algorithm>
#include <cmath>

#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::put_bytes;
using test::testdata;
using test::voxprior_run;
using testing::HasSubstr;

constexpr const char* kModel = "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\n";
constexpr const char* kTraining = "[training]\nbatch = 1\npatch = 16\ncooldown = 0\nprecision = \"float32\"\nsteps = ";

double largest_difference(const Volume& a, const Volume& b) {
  double largest = 0;
  for (size_t i = 0; i < a.voxels.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a.voxels[i]) - b.voxels[i]));
  return largest;
}

class BridgeCommands : public test::WorkflowTest {
 protected:
  std::string recipe(const std::string& data, int steps) {
    put_bytes(scratch_ / "tiny.toml", kModel + data + kTraining + std::to_string(steps) + "\n");
    return file("tiny.toml");
  }
  std::string simulated(int steps) { return recipe("[data]\ntrain = [\"${VOLUMES}/brain_t1_crop.nii.gz\"]\n", steps); }

  /// Two folders with as many pairs.
  void make_pairs(const std::vector<std::string>& names) {
    std::filesystem::create_directories(scratch_ / "clean");
    std::filesystem::create_directories(scratch_ / "noisy");
    for (const std::string& name : names) {
      std::filesystem::copy_file(testdata("brain_t1_crop.nii.gz"), scratch_ / "clean" / (name + ".nii.gz"));
      const Outcome outcome = voxprior_run({"add-noise", testdata("brain_t1_crop.nii.gz"),
                                            file("noisy/" + name + ".nii"), "--kind", "rician", "--percent", "9"});
      ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    }
  }
  std::string paired(int steps) {
    return recipe("[data]\nclean = [\"" + file("clean") + "\"]\nnoisy = [\"" + file("noisy") + "\"]\n", steps);
  }

  Outcome train(const std::string& config, const std::string& run, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"train", "bridge", config, "--out", file(run), "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words, {{"VOLUMES", VOXPRIOR_TESTDATA}});
  }

  Outcome follow(const std::string& out, const std::vector<std::string>& more) {
    std::vector<std::string> words{
        "denoise", file("noisy.nii"), file(out), "--model", VOXPRIOR_RANDOM_BRIDGE, "--threads", "1", "--mirrors", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
  Volume followed(const std::string& out, const std::vector<std::string>& more) {
    const Outcome outcome = follow(out, more);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return read_volume(file(out));
  }
  void make_noisy() {
    Volume noisy = read_volume(testdata("brain_t1_crop.nii.gz"));
    noisy.stored.type = VoxelType::float32;
    noisy.stored.slope = 1;
    noisy.stored.intercept = 0;
    write_volume(file("clean.nii"), noisy);
    const Outcome outcome =
        voxprior_run({"add-noise", file("clean.nii"), file("noisy.nii"), "--kind", "rician", "--percent", "9"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
};

TEST_F(BridgeCommands, ATrainedBridgeDenoisesAsItsCardAdvises) {
  make_noisy();
  const Outcome trained = train(simulated(2), "run");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const Outcome outcome =
      voxprior_run({"denoise", file("noisy.nii"), file("out.nii"), "--model", file("run/model.safetensors"),
                    "--threads", "1", "--residual", file("residual.nii"), "--preview", file("preview.png")});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json sidecar = json("out.voxprior.json");
  EXPECT_EQ(sidecar["sampler"], "drift-fixed");
  EXPECT_EQ(sidecar["steps"], 3);
  EXPECT_FALSE(sidecar.contains("seed"));
  EXPECT_EQ(sidecar["model"]["name"], "tiny");
  EXPECT_GT(largest_difference(read_volume(file("out.nii")), read_volume(file("noisy.nii"))), 1);
}

TEST_F(BridgeCommands, ARunOnPairsResumesToTheSameBytes) {
  make_pairs({"one", "two"});
  ASSERT_EQ(train(paired(4), "straight").exit_code, 0);
  ASSERT_EQ(train(paired(2), "stopped").exit_code, 0);
  expect_refused(train(paired(4), "stopped", {"--progress", "none"}), 5, "train bridge");
  const Outcome outcome = train(paired(4), "stopped", {"--resume"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(test::bytes_of(scratch_ / "stopped" / "checkpoint.safetensors"),
            test::bytes_of(scratch_ / "straight" / "checkpoint.safetensors"));
}

TEST_F(BridgeCommands, PairsThatDoNotMatchInNumberOrGridAreRefused) {
  make_pairs({"one", "two"});
  std::filesystem::rename(scratch_ / "noisy" / "two.nii", scratch_ / "noisy" / "three.nii");
  const auto refusal = [&] {
    const Outcome outcome = train(paired(1), "run", {"--progress", "none"});
    expect_refused(outcome, 3, "train bridge");
    return outcome.err;
  };
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr("two.nii.gz"), HasSubstr("data.noisy")));
  std::filesystem::remove(scratch_ / "clean" / "two.nii.gz");
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr("three.nii"), HasSubstr("data.clean, which holds 1 for 2")));
  std::filesystem::remove(scratch_ / "noisy" / "three.nii");

  Volume moved = read_volume(file("noisy/one.nii"));
  moved.geometry.origin_mm[0] += 1;
  write_volume(file("noisy/one.nii"), moved, {Overwrite::yes, ""});
  EXPECT_THAT(refusal(), HasSubstr("not on the grid of"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "run"));
}

// What is read of pairs with padding is, to the last bit, what is read of pairs with air in its place.
TEST_F(BridgeCommands, PaddingOfCtPairsIsAir) {
  const auto run_with = [&](float outside, const std::string& run) {
    for (const std::string side : {"clean", "noisy"}) {
      Volume volume = read_volume(testdata("brain_t1_crop.nii.gz"));
      for (size_t i = 0; i < volume.voxels.size(); ++i)
        volume.voxels[i] = i < 5000 ? outside : static_cast<float>(i % 97) + (side == "noisy" ? 20 : 0);
      std::filesystem::create_directories(scratch_ / side);
      write_volume(file(side + "/one.nii"), volume, {Overwrite::yes, ""});
    }
    put_bytes(scratch_ / "ct.toml", std::string(kModel) + "modality = \"ct\"\n[data]\nclean = [\"" + file("clean") +
                                        "\"]\nnoisy = [\"" + file("noisy") + "\"]\n" + kTraining + "1\n");
    const Outcome outcome = train(file("ct.toml"), run);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return test::bytes_of(scratch_ / run / "checkpoint.safetensors");
  };
  EXPECT_EQ(run_with(-2000, "padded"), run_with(-1000, "air"));
}

TEST_F(BridgeCommands, StrengthIsADoseAndStopsEarly) {
  make_noisy();
  const Volume noisy = read_volume(file("noisy.nii"));
  EXPECT_EQ(largest_difference(followed("none.nii", {"--strength", "0"}), noisy), 0);
  const Volume whole = followed("whole.nii", {"--sampler", "one-step"});
  const Volume half = followed("half.nii", {"--sampler", "one-step", "--strength", "0.5"});
  Volume between = noisy;
  for (size_t i = 0; i < between.voxels.size(); ++i) between.voxels[i] = (noisy.voxels[i] + whole.voxels[i]) / 2;
  EXPECT_GT(largest_difference(whole, noisy), 10);
  EXPECT_LT(largest_difference(half, between), 1e-2);
}

TEST_F(BridgeCommands, TheResultDependsOnTheSamplerAndItsSeedButNotOnTiles) {
  make_noisy();
  const std::vector<std::string> stochastic{"--sampler", "i2sb", "--steps", "3", "--seed"};
  const auto with = [&](const std::string& seed, const std::vector<std::string>& more, const std::string& name) {
    std::vector<std::string> words = stochastic;
    words.push_back(seed);
    words.insert(words.end(), more.begin(), more.end());
    return followed(name, words);
  };
  const Volume whole = with("1", {}, "whole.nii"), tiled = with("1", {"--tile", "16"}, "tiled.nii");
  EXPECT_LT(largest_difference(whole, tiled), 0.05);
  EXPECT_EQ(json("tiled.voxprior.json")["seed"], 1);
  EXPECT_GT(json("tiled.voxprior.json")["tiles"]["count"], 1);
  EXPECT_GT(largest_difference(whole, with("2", {}, "other.nii")), 0.5);
}

TEST_F(BridgeCommands, OptionsThatDoNotFitTheModelAreMisuse) {
  make_noisy();
  const std::vector<std::vector<std::string>> of_denoisers{
      {"--sigma", "50"}, {"--noise", "rician"}, {"--sigma-map", "none"}, {"--spectrum", "white"}};
  for (const std::vector<std::string>& words : of_denoisers) {
    const Outcome outcome = follow("out.nii", words);
    expect_refused(outcome, 2, "denoise");
    EXPECT_THAT(outcome.err, HasSubstr(words[0] + ": the model is a bridge"));
  }
  expect_refused(follow("out.nii", {"--uncertainty", file("u.nii")}), 2, "denoise");
  expect_refused(follow("out.nii", {"--sampler", "one-step", "--steps", "2"}), 2, "denoise");
  expect_refused(follow("out.nii", {"--steps", "101"}), 2, "denoise");
  expect_refused(follow("out.nii", {"--sampler", "drift-fixed", "--seed", "1", "--progress", "none"}), 2, "denoise");
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"--sampler", "one-step"}, {"--steps", "2"}, {"--seed", "0"}})
    expect_refused(denoise(file("noisy.nii"), file("out.nii"), words), 2, "denoise");
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "out.nii"));
}

}  // namespace
}  // namespace voxprior
