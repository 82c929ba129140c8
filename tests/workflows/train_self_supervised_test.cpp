// voxprior train denoiser --self-supervised, with runs as small as they get.
#include <algorithm>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::bytes_of;
using test::expect_refused;
using test::Outcome;
using test::put_bytes;
using test::voxprior_run;
using testing::HasSubstr;

constexpr const char* kTiny = "channels = [8, 16]\nblocks = [1, 1]\n";

class TrainSelfSupervisedCommand : public test::WorkflowTest {
 protected:
  void add_noise(const std::string& name, const std::vector<std::string>& options) const {
    std::vector<std::string> words{"add-noise", test::testdata("brain_t1_crop.nii.gz"), file(name)};
    words.insert(words.end(), options.begin(), options.end());
    const Outcome outcome = voxprior_run(words);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  void add_noise(const std::string& name, int seed = 0) const {
    add_noise(name, {"--kind", "rician", "--percent", "9", "--seed", std::to_string(seed)});
  }

  /// A 4D NIfTI of 3D ones with a header of 348 + 4 bytes: their voxels one after the other.
  void stack(const std::string& name, const std::vector<std::string>& volumes) const {
    std::string bytes = bytes_of(scratch_ / volumes[0]);
    bytes[40] = 4;                                  // dim[0]
    bytes[48] = static_cast<char>(volumes.size());  // dim[4]
    for (std::size_t i = 1; i < volumes.size(); ++i) bytes += bytes_of(scratch_ / volumes[i]).substr(352);
    put_bytes(scratch_ / name, bytes);
  }

  std::string recipe(const std::string& scan, const std::string& data = "", const std::string& training = "",
                     const std::string& model = "from = \"${MODEL}\"\n") const {
    put_bytes(scratch_ / "tuned.toml", "[model]\n" + model + "[data]\ntrain = [\"" + file(scan) + "\"]\n" + data +
                                           "[training]\nbatch = 2\npatch = 16\nsteps = 2\nprecision = \"float32\"\n" +
                                           training);
    return file("tuned.toml");
  }

  Outcome train(const std::string& config, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"train", "denoiser",  config,      "--self-supervised",
                                   "--out", file("run"), "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words, {{"MODEL", VOXPRIOR_RANDOM_MODEL}});
  }
  void expect_input_refused(const std::string& config, const std::string& why) const {
    const Outcome outcome = train(config, {"--progress", "none"});
    expect_refused(outcome, 3, "train denoiser");
    EXPECT_THAT(outcome.err, HasSubstr(why));
    EXPECT_FALSE(std::filesystem::exists(scratch_ / "run"));
  }

  std::string log() const { return bytes_of(scratch_ / "run" / "metrics.jsonl"); }
};

TEST_F(TrainSelfSupervisedCommand, TunesAModelOnANoisyScanAndDenoiseTakesIt) {
  add_noise("noisy.nii");
  const Outcome outcome = train(recipe("noisy.nii"));
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, testing::EndsWith("wrote " + file("run") + "/model.safetensors\n"));
  EXPECT_THAT(outcome.err, HasSubstr("noisy.nii: rician noise, sigma 0.0"));
  EXPECT_THAT(outcome.err, HasSubstr("a sixth of each scan is held out"));
  EXPECT_THAT(log(), HasSubstr("\"verdict\""));
  EXPECT_THAT(bytes_of(scratch_ / "run" / "model.safetensors"), HasSubstr("self-supervised: 1 noisy scan"));
  const Outcome denoised =
      voxprior_run({"denoise", file("noisy.nii"), file("out.nii"), "--model", file("run/model.safetensors")});
  EXPECT_EQ(denoised.exit_code, 0) << denoised.err;
}

TEST_F(TrainSelfSupervisedCommand, WorseIsSaidAndTheOldWeightsKept) {
  add_noise("noisy.nii");
  const Outcome outcome = train(recipe("noisy.nii", "", "learning_rate = 0.05\nwarmup_steps = 0\n", kTiny));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("keeps the weights of the untrained network"));
  EXPECT_THAT(log(), HasSubstr("\"kept\":\"initial\""));
}

TEST_F(TrainSelfSupervisedCommand, StartsFromScratchAndResumesToTheSameBytes) {
  add_noise("noisy.nii", {"--percent", "9"});
  ASSERT_EQ(train(recipe("noisy.nii", "", "cooldown = 0\nwarmup_steps = 1\n", kTiny)).exit_code, 0);
  std::string text = bytes_of(scratch_ / "tuned.toml");
  text.replace(text.find("steps = 2"), 9, "steps = 4");
  put_bytes(scratch_ / "tuned.toml", text);
  ASSERT_EQ(train(file("tuned.toml"), {"--resume"}).exit_code, 0);
  std::filesystem::rename(scratch_ / "run", scratch_ / "resumed");
  ASSERT_EQ(train(file("tuned.toml")).exit_code, 0);
  EXPECT_EQ(bytes_of(scratch_ / "run" / "model.safetensors"), bytes_of(scratch_ / "resumed" / "model.safetensors"));
}

TEST_F(TrainSelfSupervisedCommand, NoiseThatNeighboursShareIsRefusedWhereItCannotBeUndone) {
  add_noise("noisy.nii", {"--kind", "rician", "--percent", "12", "--kept", "0.6,0.6,1"});  // too small for a spectrum
  expect_input_refused(recipe("noisy.nii"), "Correlated noise is learned as if it were anatomy");
}

TEST_F(TrainSelfSupervisedCommand, FramesOf4DAreRepeatsOnlyIfTheRecipeSaysSo) {
  for (int i = 0; i < 3; ++i) add_noise("n" + std::to_string(i) + ".nii", i);
  stack("series.nii", {"n0.nii", "n1.nii", "n2.nii"});
  expect_input_refused(recipe("series.nii"), "is a 4D image of 3 volumes; if they repeat one scan");
  expect_input_refused(recipe("series.nii", "repeats = true\nframes = [0, 3]\n"), "data.frames names another");
  const Outcome outcome = train(recipe("series.nii", "repeats = true\nframes = [0, 2]\n"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("series.nii: 2 repeats, rician noise"));
  EXPECT_THAT(bytes_of(scratch_ / "run" / "model.safetensors"), HasSubstr("1 noisy scan (2 repeats)"));
}

TEST_F(TrainSelfSupervisedCommand, OtherAnatomyAmongTheRepeatsIsRefused) {
  add_noise("a.nii", 1);
  add_noise("b.nii", 2);
  std::string mirrored = bytes_of(scratch_ / "b.nii");    // the last voxel first
  ASSERT_EQ((mirrored.size() - 352) / 4, 49u * 41 * 37);  // float32
  for (std::size_t i = 352, j = mirrored.size() - 4; i < j; i += 4, j -= 4)
    std::swap_ranges(mirrored.begin() + static_cast<std::ptrdiff_t>(i),
                     mirrored.begin() + static_cast<std::ptrdiff_t>(i + 4),
                     mirrored.begin() + static_cast<std::ptrdiff_t>(j));
  put_bytes(scratch_ / "other.nii", mirrored);
  stack("series.nii", {"a.nii", "other.nii"});
  expect_input_refused(recipe("series.nii", "repeats = true\n"), "not a repeat");
}

TEST_F(TrainSelfSupervisedCommand, ScansWithNothingToLearnFromAreRefused) {
  add_noise("noisy.nii");
  expect_input_refused(recipe("noisy.nii", "repeats = true\n"), "is one 3D volume");
  ASSERT_EQ(voxprior_run({"add-noise", test::testdata("brain_t1_crop.nii.gz"), file("clean.nii"), "--percent", "0.05"})
                .exit_code,
            0);
  expect_input_refused(recipe("clean.nii"), "next to no noise");
}

TEST_F(TrainSelfSupervisedCommand, KeysThatMeanNothingHereAreMisuse) {
  add_noise("noisy.nii");
  const auto refuse = [&](const std::string& config, const std::string& key) {
    const Outcome outcome = train(config, {"--progress", "none"});
    expect_refused(outcome, 2, "train denoiser");
    EXPECT_THAT(outcome.err, HasSubstr(key));
  };
  refuse(recipe("noisy.nii", "", "", "from = \"${MODEL}\"\nchannels = [8]\n"), "model.channels");
  refuse(recipe("noisy.nii", "", "[augment]\ngamma = 0.2\n"), "augment.gamma");
  refuse(recipe("noisy.nii", "", "[noise]\nsigma_min = 0.01\n"), "noise.sigma_min");
  refuse(recipe("noisy.nii", "train_halved = [\"x\"]\n"), "data.train_halved");
  refuse(recipe("noisy.nii", "frames = [0, 1]\n"), "data.repeats = true");
}

TEST_F(TrainSelfSupervisedCommand, AModelThatIsNotThereIsSaid) {
  add_noise("noisy.nii");
  expect_refused(train(recipe("noisy.nii", "", "", "from = \"mri-t9\"\n"), {"--progress", "none"}), 4,
                 "train denoiser");
}

}  // namespace
}  // namespace voxprior
