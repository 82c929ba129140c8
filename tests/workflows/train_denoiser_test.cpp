// voxprior train denoiser, with a network and a run as small as they get.
#include <algorithm>
#include <csignal>
#include <fstream>

#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::put_bytes;
using test::voxprior_run;
using testing::HasSubstr;

class TrainDenoiserCommand : public test::WorkflowTest {
 protected:
  std::string config(int steps, const std::string& more = "") {
    put_bytes(scratch_ / "tiny.toml",
              "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\n"
              "[data]\ntrain = [\"${VOLUMES}/brain_t1_crop.nii.gz\"]\n"
              "[training]\nbatch = 1\npatch = 16\nsteps = " +
                  std::to_string(steps) + "\n" + more);
    return file("tiny.toml");
  }

  Outcome train(const std::string& config_file, std::vector<std::string> more = {}, const std::string& folder = "run") {
    std::vector<std::string> words{"train", "denoiser", config_file, "--out", file(folder), "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words, {{"VOLUMES", VOXPRIOR_TESTDATA}});
  }

  /// The model card in the header of the weights that a run wrote.
  nlohmann::json card_of(const std::string& run) {
    std::ifstream weights(file(run + "/model.safetensors"), std::ios::binary);
    std::uint64_t length = 0;
    weights.read(reinterpret_cast<char*>(&length), sizeof length);
    std::string header(length, '\0');
    weights.read(header.data(), static_cast<std::streamsize>(length));
    return nlohmann::json::parse(nlohmann::json::parse(header)["__metadata__"]["voxprior"].get<std::string>());
  }
};

TEST_F(TrainDenoiserCommand, MakesAModelThatDenoiseTakes) {
  const Outcome outcome = train(config(3));
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, testing::EndsWith("wrote " + file("run") + "/model.safetensors\n"));
  const Outcome denoised = voxprior_run({"denoise", test::testdata("brain_t1_crop.nii.gz"), file("out.nii"), "--sigma",
                                         "50", "--model", file("run/model.safetensors")});
  EXPECT_EQ(denoised.exit_code, 0) << denoised.err;
}

TEST_F(TrainDenoiserCommand, NoisyScansAreTakenAtHalfTheirResolution) {
  put_bytes(scratch_ / "halved.toml",
            "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\n"
            "[data]\ntrain_halved = [\"${VOLUMES}/brain_t1_crop.nii.gz\"]\n"
            "[training]\nbatch = 1\npatch = 16\nsteps = 1\n");
  ASSERT_EQ(train(config(1)).exit_code, 0);
  const Outcome outcome = train(file("halved.toml"), {}, "halved");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json whole = card_of("run"), half = card_of("halved");
  for (const char* key : {"voxel_min_mm", "voxel_max_mm"})
    EXPECT_DOUBLE_EQ(half[key].get<double>(), 2 * whole[key].get<double>()) << key;
}

TEST_F(TrainDenoiserCommand, LabelMapsArePaintedAndOtherVolumesAreNoLabels) {
  const auto recipe = [&](const std::string& labels) {
    put_bytes(scratch_ / "labels.toml",
              "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\n[data]\nlabel_maps = [\"" + labels +
                  "\"]\n[augment]\ncontrast = 1\n[training]\nbatch = 1\npatch = 16\nsteps = 1\n");
    return file("labels.toml");
  };
  Volume labels;
  labels.geometry.size = {24, 24, 24};
  labels.voxels.assign(24 * 24 * 24, 2);
  std::fill_n(labels.voxels.begin(), 24 * 24 * 12, 250.f);
  labels.stored.type = VoxelType::uint8;
  write_volume(file("labels.nii"), labels);
  const Outcome outcome = train(recipe(file("labels.nii")), {}, "painted");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;

  const Outcome refused = train(recipe(test::testdata("brain_t1_crop.nii.gz")), {"--progress", "none"}, "not-labels");
  expect_refused(refused, 3, "train denoiser");
  EXPECT_THAT(refused.err, HasSubstr("0 to 255"));
}

TEST_F(TrainDenoiserCommand, ARunIsNotOverwrittenButResumed) {
  ASSERT_EQ(train(config(2)).exit_code, 0);
  expect_refused(train(config(4), {"--progress", "none"}), 5, "train denoiser");
  EXPECT_EQ(train(config(4), {"--resume"}).exit_code, 0);
}

TEST_F(TrainDenoiserCommand, ResumeWithoutARunIsRefused) {
  expect_refused(train(config(2), {"--resume", "--progress", "none"}), 4, "train denoiser");
}

TEST_F(TrainDenoiserCommand, BadConfigurationsAreMisuse) {
  const Outcome outcome = train(config(2, "learning_rat = 1\n"));
  expect_refused(outcome, 2, "train denoiser");
  EXPECT_THAT(outcome.err, HasSubstr("learning_rat"));
  expect_refused(voxprior_run({"train", "denoiser", config(2), "--out", file("run"), "--progress", "none"},
                              {{"VOLUMES", file("nowhere")}}),
                 3, "train denoiser");
  expect_refused(train(file("missing.toml")), 3, "train denoiser");
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "run"));
}

TEST_F(TrainDenoiserCommand, InterruptedRunSaysThatItCanGoOn) {
  ASSERT_EQ(train(config(1)).exit_code, 0);
  test::Process process(test::program(),
                        {"train", "denoiser", config(1'000'000), "--out", file("run"), "--resume", "--threads", "1",
                         "--progress", "slicer"},
                        {{"VOLUMES", VOXPRIOR_TESTDATA}});
  process.wait_for("<filter-progress>");
  process.send(SIGTERM);
  const Outcome outcome = process.wait();
  expect_refused(outcome, 75, "train denoiser");
  EXPECT_THAT(outcome.err, HasSubstr("--resume"));
}

TEST_F(TrainDenoiserCommand, KilledRunResumesToTheSameBytesAsAnUndisturbedOne) {
  const std::string recipe = config(60, "checkpoint_minutes = 0.001\nprecision = \"float32\"\n");
  ASSERT_EQ(train(recipe, {}, "undisturbed").exit_code, 0);
  {
    test::Process process(test::program(),
                          {"train", "denoiser", recipe, "--out", file("run"), "--threads", "1", "--progress", "slicer"},
                          {{"VOLUMES", VOXPRIOR_TESTDATA}});
    process.wait_for("training</filter-comment></filter-start>\n<filter-progress>");
    process.send(SIGKILL);
    ASSERT_EQ(process.wait().exit_code, 128 + SIGKILL);
  }
  ASSERT_TRUE(std::filesystem::exists(scratch_ / "run" / "checkpoint.safetensors"));
  ASSERT_EQ(train(recipe, {"--resume"}).exit_code, 0);
  EXPECT_EQ(test::bytes_of(scratch_ / "run" / "model.safetensors"),
            test::bytes_of(scratch_ / "undisturbed" / "model.safetensors"));
}

}  // namespace
}  // namespace voxprior
