// voxprior train distill, and synth with what it makes: tiny networks with random weights, two steps of training.
#include <filesystem>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::put_bytes;
using test::voxprior_run;
using testing::HasSubstr;

namespace fs = std::filesystem;

class TrainDistill : public test::WorkflowTest {
 protected:
  void SetUp() override {
    // On the grid of the random coarse model: 12x16x12 voxels.
    fs::create_directory(file("scans"));
    for (const char* name : {"brain_t1_crop.nii.gz", "head_t1_crop.nii.gz"})
      fs::copy(test::testdata(name), file("scans/") + name);
    const Outcome prepared = voxprior_run(
        {"prepare", file("scans"), file("dataset"), "--spacing", "4", "--size", "12x16x12", "--progress", "none"});
    ASSERT_EQ(prepared.exit_code, 0) << prepared.err;
  }

  std::string recipe(const std::string& teacher, const std::string& more = "") {
    put_bytes(scratch_ / "student.toml",
              "[distill]\nteacher = \"" + teacher + "\"\n[data]\ndataset = \"" + file("dataset") + "\"\n" + more);
    return file("student.toml");
  }
  Outcome distil(const std::string& config, const std::string& folder, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"train", "distill", config, "--out", file(folder), "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words, {{"MODEL", VOXPRIOR_RANDOM_CASCADE}});
  }
  Outcome with_model(std::vector<std::string> words, const std::vector<std::string>& more = {}) {
    words.insert(words.end(), {"--model", file("model"), "--threads", "1", "--progress", "none"});
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }

  const std::string whole_ = "[training]\nsteps = 2\nbatch = 1\n", patches_ = whole_ + "patch = 8\n";
};

TEST_F(TrainDistill, AStudentTakesItsTeachersPlaceInSynthAndNowhereElse) {
  const Outcome coarse = distil(recipe("${MODEL}/coarse.safetensors", whole_), "coarse");
  ASSERT_EQ(coarse.exit_code, 0) << coarse.err;
  EXPECT_THAT(coarse.out, testing::EndsWith("wrote " + file("coarse") + "/model.safetensors\n"));
  const Outcome octave = distil(recipe("${MODEL}/octave-1.safetensors", patches_), "octave");
  ASSERT_EQ(octave.exit_code, 0) << octave.err;
  fs::create_directory(file("model"));
  fs::copy(file("coarse/model.safetensors"), file("model/coarse.safetensors"));
  fs::copy(file("octave/model.safetensors"), file("model/octave-1.safetensors"));
  fs::copy(std::string(VOXPRIOR_RANDOM_CASCADE) + "/octave-2.safetensors", file("model/octave-2.safetensors"));

  const Outcome made = with_model({"synth", file("out")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const nlohmann::json record = json("out/synthetic-000000.voxprior.json")["synthesis"];
  EXPECT_EQ(record["sampler"]["coarse.safetensors"], "consistency");
  EXPECT_EQ(record["sampler"]["octave-1.safetensors"], "consistency");
  EXPECT_EQ(record["sampler"]["octave-2.safetensors"], "euler");  // as its card advises
  EXPECT_EQ(record["steps"]["coarse.safetensors"], 2);
  EXPECT_EQ(record["steps"]["octave-2.safetensors"], 3);
  EXPECT_EQ(record["network_calls"], 2 + 2 + 3);

  expect_refused(with_model({"synth", file("more")}, {"--steps", "5"}), 2, "synth");
  const std::string scan = test::testdata("brain_t1_crop.nii.gz");
  expect_refused(with_model({"encode", scan, file("latent.nii.gz")}), 4, "encode");
  const Outcome loglik = with_model({"loglik", scan});
  expect_refused(loglik, 4, "loglik");
  EXPECT_THAT(loglik.err, HasSubstr("distilled"));
}

TEST_F(TrainDistill, AStoppedRunGoesOn) {
  const std::string config = recipe("${MODEL}/coarse.safetensors", whole_);
  ASSERT_EQ(distil(config, "run").exit_code, 0);
  expect_refused(distil(config, "run", {"--progress", "none"}), 5, "train distill");
  EXPECT_EQ(distil(recipe("${MODEL}/coarse.safetensors", "[training]\nsteps = 3\nbatch = 1\n"), "run", {"--resume"})
                .exit_code,
            0);
}

TEST_F(TrainDistill, WhatDoesNotFitIsRefusedInOneLine) {
  const auto refused = [&](const std::string& config, int code) {
    const Outcome outcome = distil(config, "run", {"--progress", "none"});
    expect_refused(outcome, code, "train distill");
    return outcome.err;
  };
  EXPECT_THAT(refused(recipe(VOXPRIOR_RANDOM_MODEL, whole_), 4), HasSubstr("is a denoiser"));
  EXPECT_THAT(refused(recipe("${MODEL}/coarse.safetensors", "halvings = 1\n" + whole_), 4),
              HasSubstr("makes volumes of 12x16x12 voxels"));
  EXPECT_THAT(refused(recipe("", whole_), 2), HasSubstr("distill.teacher"));
  EXPECT_THAT(refused(recipe("${MODEL}/coarse.safetensors", "[model]\nname = \"x\"\n"), 2), HasSubstr("'model'"));
  EXPECT_THAT(refused(recipe("${NOWHERE}/coarse.safetensors", whole_), 2), HasSubstr("NOWHERE"));
  refused(recipe(file("nothing.safetensors"), whole_), 4);
  EXPECT_FALSE(fs::exists(file("run")));
}

}  // namespace
}  // namespace voxprior
