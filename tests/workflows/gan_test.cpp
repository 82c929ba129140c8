// train gan, and synth and denoise with what it makes: tiny networks, a few steps.
#include <filesystem>

#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::bytes_of;
using test::expect_refused;
using test::Outcome;
using test::put_bytes;
using test::voxprior_run;
using testing::HasSubstr;

namespace fs = std::filesystem;

constexpr std::int64_t kSide = 16;

Volume cube(float value) {
  Volume volume;
  volume.geometry.size = {kSide, kSide, kSide};
  volume.geometry.spacing_mm = {2, 2, 2};
  volume.geometry.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  for (std::int64_t n = 0; n < kSide * kSide * kSide; ++n) {
    const bool inside = n % kSide > 4 && n % kSide < 11 && n / kSide % kSide > 4 && n / kSide % kSide < 11;
    volume.voxels.push_back(inside ? value : 10.f);
  }
  return volume;
}

class Gan : public test::WorkflowTest {
 protected:
  void SetUp() override {
    fs::create_directory(file("scans"));
    write_volume(file("scans/a.nii.gz"), cube(800), {});
    write_volume(file("scans/b.nii.gz"), cube(1000), {});
  }

  const std::string small_ = "channels = [8, 8]\nblocks = [1, 1]\n";
  const std::string quick_ = "[training]\nsteps = 2\nbatch = 2\n";

  std::string recipe(const std::string& model, const std::string& more, const std::string& data = "") {
    put_bytes(scratch_ / "gan.toml",
              "[model]\n" + model + "[data]\ntrain = [\"" + file("scans") + "\"]\n" + data + more);
    return file("gan.toml");
  }
  Outcome train(const std::string& config, const std::string& folder, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"train",     "gan", config,       "--out", file(folder),
                                   "--threads", "1",   "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
  void place_model(const std::string& run) {
    fs::create_directories(file("model"));
    fs::copy(file(run + "/model.safetensors"), file("model/coarse.safetensors"), fs::copy_options::overwrite_existing);
  }
  Outcome with_model(std::vector<std::string> words, const std::vector<std::string>& more = {}) {
    words.insert(words.end(), {"--model", file("model"), "--threads", "1", "--progress", "none"});
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
};

TEST_F(Gan, TrainsAndMakesTheSameVolumesOfASeedInOneNetworkCall) {
  for (const std::string family : {"r3gan", "alpha-wgan-gp"}) {
    const Outcome trained = train(recipe("gan = \"" + family + "\"\n" + small_, quick_), family);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    place_model(family);
    const Outcome made = with_model({"synth", file(family + "-1")}, {"--count", "2", "--seed", "7"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    ASSERT_EQ(with_model({"synth", file(family + "-2")}, {"--count", "1", "--seed", "7"}).exit_code, 0);
    const auto volume = [&](const std::string& name) { return bytes_of(scratch_ / (family + name)); };
    EXPECT_EQ(volume("-1/synthetic-000000.nii.gz"), volume("-2/synthetic-000000.nii.gz"));
    EXPECT_NE(volume("-1/synthetic-000000.nii.gz"), volume("-1/synthetic-000001.nii.gz"));
    const nlohmann::json record = json(family + "-1/synthetic-000000.voxprior.json")["synthesis"];
    EXPECT_EQ(record["network_calls"], 1);
    EXPECT_EQ(record["sampler"]["coarse.safetensors"], "generator");
    EXPECT_TRUE(fs::exists(file(family + "-1/sheet.png")));
  }
  const Outcome dicom = with_model({"synth", file("dicom")}, {"--format", "dicom"});
  EXPECT_EQ(dicom.exit_code, 0) << dicom.err;
  EXPECT_TRUE(fs::is_directory(file("dicom/synthetic-000000")));
}

TEST_F(Gan, WhatAGanCannotDoIsRefusedInOneLine) {
  const std::string classes = "[data.classes]\nlow = [\"*a.nii.gz\"]\nhigh = [\"*b.nii.gz\"]\n";
  const std::string told = "[conditioning]\non = [\"class\"]\n";
  ASSERT_EQ(train(recipe(small_, told + quick_, classes), "run").exit_code, 0);
  place_model("run");
  EXPECT_EQ(with_model({"synth", file("low")}, {"--class", "low"}).exit_code, 0);
  EXPECT_EQ(with_model({"synth", file("any")}).exit_code, 0);
  EXPECT_NE(bytes_of(scratch_ / "low/synthetic-000000.nii.gz"), bytes_of(scratch_ / "any/synthetic-000000.nii.gz"));
  const auto refused = [&](const std::vector<std::string>& words, const std::vector<std::string>& more) {
    const Outcome outcome = with_model(words, more);
    expect_refused(outcome, 2, words[0]);
    return outcome.err;
  };
  const std::vector<std::string> synth{"synth", file("out")};
  EXPECT_THAT(refused(synth, {"--steps", "5"}), HasSubstr("leave --steps out"));
  EXPECT_THAT(refused(synth, {"--sampler", "heun"}), HasSubstr("leave --sampler out"));
  EXPECT_THAT(refused(synth, {"--class", "low", "--guidance", "2"}), HasSubstr("leave --guidance out"));
  EXPECT_THAT(refused(synth, {"--class", "none"}), HasSubstr("high, low"));
  EXPECT_THAT(refused(synth, {"--autoguidance", "2"}), HasSubstr("--autoguidance"));
  const std::string scan = file("scans/a.nii.gz");
  EXPECT_THAT(refused({"encode", scan, file("latent.nii.gz")}, {}), HasSubstr("holds a GAN"));
  EXPECT_THAT(refused({"loglik", scan}, {}), HasSubstr("holds a GAN"));
  EXPECT_THAT(refused({"interpolate", scan, file("scans/b.nii.gz"), file("way")}, {}), HasSubstr("holds a GAN"));
}

TEST_F(Gan, ARunGoesOnWhereItWasStoppedAndOneThatDivergesEndsWithExitCode8) {
  ASSERT_EQ(train(recipe(small_, quick_), "run").exit_code, 0);
  expect_refused(train(recipe(small_, quick_), "run"), 5, "train gan");
  ASSERT_EQ(train(recipe(small_, "[training]\nsteps = 4\nbatch = 2\n"), "run", {"--resume"}).exit_code, 0);
  const std::string kept = bytes_of(scratch_ / "run/model.safetensors");
  const Outcome diverged =
      train(recipe(small_, "[training]\nsteps = 500\nbatch = 2\nlearning_rate = 1\n[gan]\npenalty = 1e6\n"), "run",
            {"--resume"});
  expect_refused(diverged, 8, "train gan");
  EXPECT_THAT(diverged.err, HasSubstr("training diverged at step "));
  EXPECT_THAT(diverged.err, HasSubstr("are those of step 4"));
  EXPECT_EQ(bytes_of(scratch_ / "run/model.safetensors"), kept);
  EXPECT_THAT(bytes_of(scratch_ / "run/metrics.jsonl"), HasSubstr("\"diverged\":"));
}

TEST_F(Gan, ADenoisingGanIsADenoiserLikeAnyOther) {
  fs::copy(test::testdata("brain_t1_crop.nii.gz"), file("scans/c.nii.gz"));  // real texture in every Haar band
  const std::string patches = quick_ + "patch = 8\n";
  const Outcome trained = train(recipe("task = \"denoise\"\n" + small_, patches), "run");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const Outcome denoised =
      voxprior_run({"denoise", file("scans/a.nii.gz"), file("out.nii.gz"), "--model", file("run/model.safetensors"),
                    "--sigma", "30", "--threads", "1", "--progress", "none"});
  EXPECT_EQ(denoised.exit_code, 0) << denoised.err;
}

TEST_F(Gan, ARecipeThatDoesNotFitIsRefusedInOneLine) {
  const auto refused = [&](const std::string& model, const std::string& more) {
    const Outcome outcome = train(recipe(model, more), "never");
    expect_refused(outcome, 2, "train gan");
    return outcome.err;
  };
  EXPECT_THAT(refused("gan = \"stylegan\"\n", quick_), HasSubstr("'model.gan'"));
  EXPECT_THAT(refused("task = \"draw\"\n", quick_), HasSubstr("'model.task'"));
  EXPECT_THAT(refused("heads = 4\n", quick_), HasSubstr("'model.heads'"));
  EXPECT_THAT(refused("", "[noise]\nsigma_max = 2\n" + quick_), HasSubstr("noise"));
  EXPECT_THAT(refused("", "[gan]\nreconstruction = 5\n" + quick_), HasSubstr("'gan.reconstruction'"));
  EXPECT_THAT(refused("", "[conditioning]\non = [\"mask\"]\n" + quick_), HasSubstr("'conditioning.on'"));
  EXPECT_THAT(refused("task = \"denoise\"\ngan = \"r3gan\"\n", quick_), HasSubstr("'model.gan'"));
  EXPECT_FALSE(fs::exists(file("never")));
}

}  // namespace
}  // namespace voxprior
