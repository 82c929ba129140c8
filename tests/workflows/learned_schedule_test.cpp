// voxprior train diffusion with what is learned for the likelihood, and synth with it: a tiny network, two steps.
#include <filesystem>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::voxprior_run;

namespace fs = std::filesystem;

class LearnedSchedule : public test::WorkflowTest {
 protected:
  Outcome synth(const std::string& model, const std::vector<std::string>& more) {
    std::vector<std::string> words{"synth", file("out"), "--model", model,        "--steps",
                                   "3",     "--threads", "1",       "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
};

TEST_F(LearnedSchedule, IsTrainedKeptInTheModelAndSampledWith) {
  fs::create_directory(file("scans"));
  for (const char* name : {"brain_t1_crop.nii.gz", "head_t1_crop.nii.gz"})
    fs::copy(test::testdata(name), file("scans/") + name);
  const Outcome prepared = voxprior_run(
      {"prepare", file("scans"), file("dataset"), "--spacing", "4", "--size", "16x12x8", "--progress", "none"});
  ASSERT_EQ(prepared.exit_code, 0) << prepared.err;
  test::put_bytes(scratch_ / "recipe.toml",
                  "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\nheads = 2\n[data]\ndataset = \"" +
                      file("dataset") + "\"\n[noise]\nschedule = \"learned\"\nlearned_variance = true\n" +
                      "[training]\nsteps = 2\nbatch = 1\n");
  const Outcome trained =
      voxprior_run({"train", "diffusion", file("recipe.toml"), "--out", file("run"), "--threads", "1"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  fs::create_directory(file("model"));
  fs::copy(file("run/model.safetensors"), file("model/coarse.safetensors"));

  const Outcome made = synth(file("model"), {"--schedule", "learned", "--sampler", "ddpm"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const nlohmann::json record = json("out/synthetic-000000.voxprior.json")["synthesis"];
  EXPECT_EQ(record["schedule"], "learned");
  EXPECT_EQ(record["sampler"]["coarse.safetensors"], "ddpm, learned variance");
  expect_refused(synth(file("model"), {"--schedule", "learned", "--sampler", "heun-churn", "--overwrite"}), 2, "synth");

  const std::string scan = test::testdata("brain_t1_crop.nii.gz");
  const std::vector<std::string> words{"loglik", scan, "--model", file("model"), "--threads", "1", "--bound", "10"};
  const Outcome bound = voxprior_run(words);
  ASSERT_EQ(bound.exit_code, 0) << bound.err;
  EXPECT_THAT(bound.out, testing::StartsWith("bits per voxel, at most: "));
  std::vector<std::string> with_map = words;
  with_map.insert(with_map.end(), {"--map", file("map.nii.gz"), "--progress", "none"});
  expect_refused(voxprior_run(with_map), 2, "loglik");
}

TEST_F(LearnedSchedule, OfAModelWithoutOneIsRefused) {
  const Outcome outcome = synth(VOXPRIOR_RANDOM_CASCADE, {"--schedule", "learned"});
  expect_refused(outcome, 2, "synth");
  EXPECT_THAT(outcome.err, testing::HasSubstr("without a learned noise schedule"));
}

}  // namespace
}  // namespace voxprior
