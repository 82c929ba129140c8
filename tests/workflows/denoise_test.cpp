// voxprior denoise on good volumes. The model is random: these tests are about the way there and back, not about
// quality.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/sha256.h"
#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::Outcome;
using test::testdata;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class DenoiseCommand : public test::WorkflowTest {
 protected:
  /// A real crop with noise of known kind and strength.
  std::string noisy_crop(const std::string& kind = "rician", const std::string& percent = "9") {
    const Outcome outcome = test::voxprior_run({"add-noise", testdata("brain_t1_crop.nii.gz"), file("noisy.nii"),
                                                "--kind", kind, "--percent", percent, "--seed", "1"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return file("noisy.nii");
  }

  void expect_done(const Outcome& outcome, const std::string& last_line) {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, EndsWith("wrote " + last_line + "\n"));
  }
};

double largest_difference(const Volume& a, const Volume& b) {
  double largest = 0;
  for (size_t i = 0; i < a.voxels.size(); ++i) {
    largest = std::max(largest, std::abs(static_cast<double>(a.voxels[i]) - b.voxels[i]));
  }
  return largest;
}

TEST_F(DenoiseCommand, SidecarSaysHowTheResultWasMade) {
  const std::string noisy = noisy_crop();
  expect_done(denoise(noisy, file("out.nii.gz"), {"--tile", "16"}), file("out.nii.gz"));

  const nlohmann::json sidecar = json("out.voxprior.json");
  EXPECT_EQ(sidecar["program"], "voxprior");
  EXPECT_THAT(sidecar["notice"].get<std::string>(), HasSubstr("Research use only"));
  EXPECT_EQ(sidecar["command_line"][1], "denoise");
  EXPECT_EQ(sidecar["inputs"]["volume"]["sha256"], sha256_of_file(noisy));
  EXPECT_EQ(sidecar["outputs"]["volume"], file("out.nii.gz"));
  EXPECT_EQ(sidecar["model"]["name"], "random");
  EXPECT_EQ(sidecar["model"]["sha256"], sha256_of_file(VOXPRIOR_RANDOM_MODEL));
  EXPECT_EQ(sidecar["noise"]["kind"], "rician");
  EXPECT_EQ(sidecar["noise"]["estimated"], true);
  EXPECT_EQ(sidecar["device"], "cpu");
  EXPECT_EQ(sidecar["precision"], "float32");
  EXPECT_EQ(sidecar["mirrors"], 2);
  EXPECT_EQ(sidecar["threads"], 1);
  EXPECT_GT(sidecar["tiles"]["count"], 1);
  EXPECT_GT(sidecar["seconds"], 0);
  EXPECT_EQ(sidecar["clipped_voxels"], 0);
}

TEST_F(DenoiseCommand, MirrorsAreAveraged) {
  const std::string noisy = noisy_crop();
  const auto result = [&](const std::string& count) {
    const std::string name = "mirrors" + count;
    expect_done(denoise(noisy, file(name + ".nii"), {"--mirrors", count, "--sigma", "80"}), file(name + ".nii"));
    EXPECT_EQ(json(name + ".voxprior.json")["mirrors"], std::stoi(count));
    return read_volume(file(name + ".nii"));
  };
  const Volume one = result("1"), two = result("2"), four = result("4");
  EXPECT_GT(largest_difference(one, two), 1e-3);
  EXPECT_GT(largest_difference(two, four), 1e-3);
  EXPECT_EQ(denoise(noisy, file("no.nii"), {"--mirrors", "3"}).exit_code, 2);
}

TEST_F(DenoiseCommand, Bfloat16IsNearFloat32AndIsRecorded) {
  const std::string noisy = noisy_crop();
  expect_done(denoise(noisy, file("full.nii"), {"--sigma", "80"}), file("full.nii"));
  expect_done(denoise(noisy, file("half.nii"), {"--sigma", "80", "--precision", "bfloat16"}), file("half.nii"));
  EXPECT_EQ(json("full.voxprior.json")["precision"], "float32");
  EXPECT_EQ(json("half.voxprior.json")["precision"], "bfloat16");
  const double difference = largest_difference(read_volume(file("full.nii")), read_volume(file("half.nii")));
  EXPECT_GT(difference, 0);
  EXPECT_LT(difference, 40);  // of 1000; 13 where bfloat16 is emulated, a few with AVX512-BF16
}

TEST_F(DenoiseCommand, ResidualAndResultAddUpToTheInput) {
  const std::string noisy = noisy_crop();
  expect_done(denoise(noisy, file("out.nii"),
                      {"--residual", file("residual.nii.gz"), "--noise-map", file("sigma.nrrd"), "--preview",
                       file("look.png"), "--sigma", "80"}),
              file("out.nii"));
  const Volume in = read_volume(noisy), out = read_volume(file("out.nii"));
  Volume sum = read_volume(file("residual.nii.gz"));
  std::transform(sum.voxels.begin(), sum.voxels.end(), out.voxels.begin(), sum.voxels.begin(), std::plus<float>());
  EXPECT_LT(largest_difference(sum, in), 1e-3);  // of 1000: float rounding
  EXPECT_GT(largest_difference(out, in), 10);    // and the command did something

  const Volume sigma = read_volume(file("sigma.nrrd"));
  EXPECT_EQ(sigma.geometry.size, in.geometry.size);
  EXPECT_THAT(sigma.voxels, testing::Each(80));
  EXPECT_THAT(test::bytes_of(scratch_ / "look.png"), testing::StartsWith("\x89PNG"));
  EXPECT_EQ(json("out.voxprior.json")["preview"]["residual_limit"], 240);
  EXPECT_EQ(json("out.voxprior.json")["noise"]["estimated"], false);
}

TEST_F(DenoiseCommand, TilesGiveTheResultOfTheWhole) {
  const std::string noisy = noisy_crop();
  expect_done(denoise(noisy, file("whole.nii")), file("whole.nii"));
  expect_done(denoise(noisy, file("tiled.nii"), {"--tile", "16"}), file("tiled.nii"));
  EXPECT_EQ(json("whole.voxprior.json")["tiles"]["count"], 1);
  EXPECT_GT(json("tiled.voxprior.json")["tiles"]["count"], 8);
  EXPECT_LT(largest_difference(read_volume(file("whole.nii")), read_volume(file("tiled.nii"))), 1e-4 * 1000);
}

TEST_F(DenoiseCommand, GridAndStoredFormStayThoseOfTheInput) {
  Volume volume = test::awkward_volume();
  for (float& v : volume.voxels) v = 500 + 40 * std::sin(v);
  volume.stored.type = VoxelType::int16;
  volume.stored.slope = 0.5;
  for (const std::string name : {"a.nii.gz", "a.nrrd", "a.mha"}) {
    volume.stored.format = format_of_name(name);
    write_volume(scratch_ / name, volume);
    const std::string out = "clean_" + name;
    expect_done(denoise(file(name), file(out), {"--sigma", "20", "--noise", "gaussian", "--overwrite"}), file(out));
    const Volume before = read_volume(scratch_ / name), after = read_volume(scratch_ / out);
    EXPECT_EQ(after.stored.type, before.stored.type) << name;
    EXPECT_EQ(after.stored.slope, before.stored.slope) << name;
    EXPECT_EQ(after.geometry.size, before.geometry.size) << name;
    EXPECT_EQ(after.geometry.origin_mm, before.geometry.origin_mm) << name;
    EXPECT_EQ(after.geometry.lps_from_index, before.geometry.lps_from_index) << name;
  }
}

TEST_F(DenoiseCommand, ConstantVolumeIsCopiedThroughWithANotice) {
  Volume volume = test::awkward_volume();
  std::fill(volume.voxels.begin(), volume.voxels.end(), 7);
  write_volume(scratch_ / "flat.nii", volume);
  const Outcome outcome = denoise(file("flat.nii"), file("out.nii"));
  expect_done(outcome, file("out.nii"));
  EXPECT_THAT(outcome.err, HasSubstr("one value"));
  EXPECT_EQ(read_volume(file("out.nii")).voxels, volume.voxels);
  EXPECT_THAT(json("out.voxprior.json")["notices"][0].get<std::string>(), HasSubstr("one value"));
}

TEST_F(DenoiseCommand, VolumeWithNextToNoNoiseIsCopiedThrough) {
  const std::string noisy = noisy_crop("gaussian", "5");
  const Outcome outcome = denoise(noisy, file("out.nii"), {"--sigma", "0.01"});
  expect_done(outcome, file("out.nii"));
  EXPECT_THAT(outcome.err, HasSubstr("no noise"));
  EXPECT_EQ(read_volume(file("out.nii")).voxels, read_volume(noisy).voxels);
}

TEST_F(DenoiseCommand, WeakerNoiseThanTrainedOnIsTouchedInProportion) {
  const std::string noisy = noisy_crop("gaussian", "5");
  const Outcome outcome = denoise(noisy, file("weak.nii"), {"--sigma", "2"});  // 0.2 %; trained from 1 %
  expect_done(outcome, file("weak.nii"));
  EXPECT_THAT(outcome.err, HasSubstr("weaker than any"));
  expect_done(denoise(noisy, file("least.nii"), {"--sigma", "12"}), file("least.nii"));
  const Volume in = read_volume(noisy);
  const double weak = largest_difference(read_volume(file("weak.nii")), in);
  const double least = largest_difference(read_volume(file("least.nii")), in);
  EXPECT_GT(weak, 0);
  EXPECT_LT(weak, 0.1 * least);  // (0.2 % / 1 %)^2 = 4 % of the change
}

TEST_F(DenoiseCommand, ZeroedBackgroundStaysExactlyZero) {
  Volume volume = read_volume(noisy_crop("gaussian", "5"));
  const auto& size = volume.geometry.size;
  const size_t half = volume.voxels.size() / static_cast<size_t>(size[2]) * static_cast<size_t>(size[2] / 2);
  std::fill_n(volume.voxels.begin(), half, 0.f);
  write_volume(scratch_ / "half.nii", volume);
  expect_done(denoise(file("half.nii"), file("out.nii"), {"--sigma", "50"}), file("out.nii"));
  const Volume out = read_volume(file("out.nii"));
  EXPECT_TRUE(std::all_of(out.voxels.begin(), out.voxels.begin() + static_cast<std::ptrdiff_t>(half),
                          [](float v) { return v == 0; }));
}

TEST_F(DenoiseCommand, ExistingOutputsAreRefusedBeforeAnythingIsDone) {
  const std::string noisy = noisy_crop();
  for (const std::string taken : {"out.nii", "out.voxprior.json", "residual.nii", "look.png"}) {
    test::put_bytes(scratch_ / taken, "mine");
    const Outcome outcome =
        denoise(noisy, file("out.nii"), {"--residual", file("residual.nii"), "--preview", file("look.png")});
    test::expect_refused(outcome, 5, "denoise");
    EXPECT_THAT(outcome.err, HasSubstr(taken));
    EXPECT_EQ(test::bytes_of(scratch_ / taken), "mine");
    EXPECT_THAT(scratch_.names(), UnorderedElementsAre("noisy.nii", "noisy.voxprior.json", taken));
    std::filesystem::remove(scratch_ / taken);
  }
  test::put_bytes(scratch_ / "out.nii", "mine");
  expect_done(denoise(noisy, file("out.nii"), {"--overwrite"}), file("out.nii"));
}

TEST_F(DenoiseCommand, TheInputIsNeverAnOutput) {
  const std::string noisy = noisy_crop();
  const std::string before = test::bytes_of(noisy);
  std::filesystem::create_symlink(noisy, scratch_ / "link.nii");
  test::expect_refused(denoise(noisy, noisy, {"--overwrite"}), 5, "denoise");
  test::expect_refused(denoise(noisy, file("link.nii"), {"--overwrite"}), 5, "denoise");
  test::expect_refused(denoise(noisy, file("out.nii"), {"--overwrite", "--residual", noisy}), 5, "denoise");
  EXPECT_EQ(test::bytes_of(noisy), before);
}

TEST_F(DenoiseCommand, OutputsThatCannotBeWrittenAreRefused) {
  const std::string noisy = noisy_crop();
  test::expect_refused(denoise(noisy, file("nowhere/out.nii")), 5, "denoise");
  test::expect_refused(denoise(noisy, file("out.nii"), {"--residual", file("out.nii")}), 5, "denoise");
  test::expect_refused(denoise(noisy, file("out.jpg")), 2, "denoise");
}

TEST_F(DenoiseCommand, DiskFullWhileWritingLeavesNothing) {
  const std::string noisy = noisy_crop();
  const auto before = scratch_.names();
  // A file size limit fails as a full disk does: in the middle of a write.
  test::Process shell("/bin/sh", {"-c", "ulimit -f 100; exec \"$@\"", "sh", test::program(), "denoise", noisy,
                                  file("out.nii"), "--model", VOXPRIOR_RANDOM_MODEL, "--progress", "none"});
  test::expect_refused(shell.wait(), 5, "denoise");
  EXPECT_EQ(scratch_.names(), before);
}

TEST_F(DenoiseCommand, TooLittleMemoryIsSaidBeforeTheWork) {
  const Outcome outcome = denoise(noisy_crop(), file("out.nii"), {"--memory", "100", "--progress", "none"});
  test::expect_refused(outcome, 6, "denoise");
  EXPECT_THAT(outcome.err, HasSubstr("--memory"));
}

TEST_F(DenoiseCommand, ModelsAreFoundByNameInTheFoldersOfTheEnvironment) {
  const std::string noisy = noisy_crop();
  const std::filesystem::path model = VOXPRIOR_RANDOM_MODEL;
  const Outcome outcome = test::voxprior_run({"denoise", noisy, file("out.nii"), "--model", model.stem().string()},
                                             {{"VOXPRIOR_MODELS", "/nonexistent:" + model.parent_path().string()}});
  expect_done(outcome, file("out.nii"));
}

TEST_F(DenoiseCommand, SlicerGetsItsProgressElementsOnStdout) {
  const Outcome outcome = denoise(noisy_crop(), file("out.nii"), {"--progress", "slicer", "--tile", "16"});
  expect_done(outcome, file("out.nii"));
  EXPECT_THAT(outcome.out, HasSubstr("<filter-start><filter-name>voxprior denoise</filter-name>"));
  EXPECT_THAT(outcome.out, HasSubstr("<filter-progress>1</filter-progress>"));
  EXPECT_THAT(outcome.out, HasSubstr("<filter-end>"));
}

TEST_F(DenoiseCommand, ThreadsFollowTheEnvironment) {
  const std::string noisy = noisy_crop();
  const std::vector<std::string> words{"denoise",    noisy, file("out.nii"), "--model", VOXPRIOR_RANDOM_MODEL,
                                       "--overwrite"};
  test::voxprior_run(words, {{"OMP_NUM_THREADS", "3"}});
  EXPECT_EQ(json("out.voxprior.json")["threads"], 3);
  test::voxprior_run(words, {{"OMP_NUM_THREADS", ""}, {"SLURM_CPUS_PER_TASK", "5"}});
  EXPECT_EQ(json("out.voxprior.json")["threads"], 5);
}

}  // namespace
}  // namespace voxprior
