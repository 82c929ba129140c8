// voxprior synth, encode, decode and interpolate, with a model of random weights.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::testdata;
using test::voxprior_run;
using testing::HasSubstr;

namespace fs = std::filesystem;

class Synth : public test::WorkflowTest {
 protected:
  Outcome run(std::vector<std::string> words, const std::vector<std::string>& more = {}) {
    words.insert(words.end(), {"--model", VOXPRIOR_RANDOM_CASCADE, "--threads", "1", "--progress", "none"});
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
  Outcome synth(const std::string& folder, const std::vector<std::string>& more = {}) {
    std::vector<std::string> all{"--steps", "3", "--detail-steps", "2"};
    all.insert(all.end(), more.begin(), more.end());
    return run({"synth", file(folder)}, all);
  }
};

TEST_F(Synth, VolumesHaveTheModelsGridAndSayThatTheyAreSynthetic) {
  const Outcome outcome = synth("out", {"--count", "2", "--seed", "0"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, testing::EndsWith("wrote 2 volumes to " + file("out") + "\n"));
  const Volume volume = read_volume(file("out/synthetic-000001.nii.gz"));
  EXPECT_EQ(volume.geometry.size, (std::array<std::int64_t, 3>{48, 64, 48}));
  EXPECT_EQ(volume.geometry.spacing_mm, (std::array<double, 3>{1, 1, 1}));
  EXPECT_EQ(volume.geometry.lps_from_index, (std::array<double, 9>{-1, 0, 0, 0, -1, 0, 0, 0, 1}));  // RAS
  EXPECT_EQ(volume.geometry.origin_mm, (std::array<double, 3>{23.5, 31.5, -23.5}));
  const std::string header(volume.stored.native_header.begin(), volume.stored.native_header.end());
  EXPECT_THAT(header, HasSubstr("SYNTHETIC, voxprior"));
  EXPECT_GE(*std::min_element(volume.voxels.begin(), volume.voxels.end()), 0);
  EXPECT_GT(*std::max_element(volume.voxels.begin(), volume.voxels.end()), 0);

  const nlohmann::json record = json("out/synthetic-000001.voxprior.json");
  EXPECT_EQ(record["synthetic"], true);
  EXPECT_EQ(record["synthesis"]["seed"], 0);
  EXPECT_EQ(record["synthesis"]["index"], 1);
  EXPECT_EQ(record["synthesis"]["model"]["sha256"].size(), 3u);
  EXPECT_TRUE(fs::exists(file("out/sheet.png")));
}

TEST_F(Synth, VolumeNIsTheSameWhateverTheCount) {
  ASSERT_EQ(synth("one", {"--count", "2", "--seed", "4"}).exit_code, 0);
  ASSERT_EQ(synth("two", {"--count", "3", "--seed", "4"}).exit_code, 0);
  EXPECT_EQ(read_volume(file("one/synthetic-000001.nii.gz")).voxels,
            read_volume(file("two/synthetic-000001.nii.gz")).voxels);
  ASSERT_EQ(synth("other", {"--count", "2", "--seed", "5"}).exit_code, 0);
  EXPECT_NE(read_volume(file("one/synthetic-000001.nii.gz")).voxels,
            read_volume(file("other/synthetic-000001.nii.gz")).voxels);
  EXPECT_NE(read_volume(file("one/synthetic-000000.nii.gz")).voxels,
            read_volume(file("one/synthetic-000001.nii.gz")).voxels);
}

TEST_F(Synth, AStoppedRunGoesOnAndNothingIsReplacedUnasked) {
  ASSERT_EQ(synth("out", {"--count", "1"}).exit_code, 0);
  const std::string before = test::bytes_of(file("out/synthetic-000000.nii.gz"));
  expect_refused(synth("out", {"--count", "2"}), 5, "synth");
  EXPECT_FALSE(fs::exists(file("out/synthetic-000001.nii.gz")));
  expect_refused(synth("out", {"--count", "2", "--resume", "--seed", "9"}), 5, "synth");

  const Outcome rest = synth("out", {"--count", "2", "--resume"});
  EXPECT_EQ(rest.exit_code, 0) << rest.err;
  EXPECT_THAT(rest.out, HasSubstr("kept 1 volumes"));
  EXPECT_EQ(test::bytes_of(file("out/synthetic-000000.nii.gz")), before);
  EXPECT_EQ(synth("out", {"--count", "1", "--seed", "9", "--overwrite"}).exit_code, 0);
  EXPECT_NE(test::bytes_of(file("out/synthetic-000000.nii.gz")), before);
}

TEST_F(Synth, DicomSeriesAreMarkedSyntheticAndReadBack) {
  const Outcome outcome = synth("out", {"--format", "dicom"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Outcome info = voxprior_run({"info", file("out/synthetic-000000"), "--json"});
  ASSERT_EQ(info.exit_code, 0) << info.err;
  EXPECT_THAT(info.out, HasSubstr("MR"));
  std::size_t slices = 0;
  for (const auto& entry : fs::directory_iterator(file("out/synthetic-000000"))) {
    ++slices;
    EXPECT_THAT(test::bytes_of(entry.path()), HasSubstr("SYNTHETIC^"));
  }
  EXPECT_EQ(slices, 48u);
}

TEST_F(Synth, ADiskThatIsFullLeavesNoBrokenVolume) {
  // A file size limit fails as a full disk does: in the middle of a write. The sidecar fits, the volume does not.
  const std::string limited = "ulimit -f 20; exec '" + test::program() + "' synth '" + file("out") + "' --model " +
                              VOXPRIOR_RANDOM_CASCADE + " --count 2 --steps 2 --threads 1 --progress none";
  const Outcome outcome = test::Process("/bin/bash", {"-c", "trap '' XFSZ; " + limited}).wait();
  expect_refused(outcome, 5, "synth");
  for (const auto& entry : fs::directory_iterator(file("out")))
    EXPECT_EQ(entry.path().extension(), ".json") << entry.path();
}

TEST_F(Synth, ALevelIsSampledAsItsCardAdvisesUnlessToldOtherwise) {
  ASSERT_EQ(run({"synth", file("advised")}, {"--steps", "2"}).exit_code, 0);
  nlohmann::json made = json("advised/synthetic-000000.voxprior.json")["synthesis"];
  EXPECT_EQ(made["sampler"]["octave-1.safetensors"], "dpmpp-2m");
  EXPECT_EQ(made["steps"]["octave-1.safetensors"], 8);
  EXPECT_EQ(made["sampler"]["octave-2.safetensors"], "euler");
  EXPECT_EQ(made["steps"]["octave-2.safetensors"], 3);
  EXPECT_EQ(made["sampler"]["coarse.safetensors"], "dpmpp-2m");

  ASSERT_EQ(run({"synth", file("told")}, {"--sampler", "heun", "--steps", "2", "--detail-sampler", "ddim"}).exit_code,
            0);
  made = json("told/synthetic-000000.voxprior.json")["synthesis"];
  EXPECT_EQ(made["sampler"]["coarse.safetensors"], "heun");
  EXPECT_EQ(made["sampler"]["octave-2.safetensors"], "ddim");
  EXPECT_EQ(made["steps"]["octave-2.safetensors"], 8);
}

TEST_F(Synth, EverySamplerAndScheduleThatHelpNamesWorks) {
  for (const char* name : {"dpmpp-3m", "unipc-2", "unipc-3", "heun", "heun-churn", "euler", "ddim", "ddpm"})
    EXPECT_EQ(synth(name, {"--sampler", name}).exit_code, 0) << name;
  for (const char* name : {"log-uniform", "cosine", "linear"})
    EXPECT_EQ(synth(name, {"--schedule", name}).exit_code, 0) << name;
}

TEST_F(Synth, BadRequestsAreRefusedInOneLine) {
  expect_refused(synth("out", {"--sampler", "magic"}), 2, "synth");
  expect_refused(synth("out", {"--schedule", "magic"}), 2, "synth");
  expect_refused(synth("out", {"--detail-sampler", "magic"}), 2, "synth");
  expect_refused(synth("out", {"--autoguidance", "2"}), 2, "synth");  // no weaker network
  expect_refused(run({"synth", file("out")}, {"--steps", "0"}), 2, "synth");
  expect_refused(synth("out", {"--resume", "--overwrite"}), 2, "synth");
  expect_refused(synth("out", {"--memory", "1"}), 6, "synth");
  expect_refused(voxprior_run({"synth", file("out"), "--model", file("nothing/here"), "--progress", "none"}), 4,
                 "synth");
  expect_refused(voxprior_run({"synth", file("out"), "--model", "no-such-model", "--progress", "none"}), 4, "synth");
  EXPECT_FALSE(fs::exists(file("out")));
}

TEST_F(Synth, DecodingWhatWasEncodedGivesTheScanBack) {
  const std::string scan = testdata("brain_t1_crop.nii.gz");
  const Outcome encoded = run({"encode", scan, file("latent.nii.gz")});
  ASSERT_EQ(encoded.exit_code, 0) << encoded.err;
  ASSERT_EQ(run({"decode", file("latent.nii.gz"), file("back.nii.gz")}).exit_code, 0);

  // Interpolating from the scan to itself ends at what the model's grid makes of it: the reference.
  const Volume back = read_volume(file("back.nii.gz")), latent = read_volume(file("latent.nii.gz"));
  EXPECT_EQ(back.geometry.size, (std::array<std::int64_t, 3>{48, 64, 48}));
  const Outcome again = run({"encode", file("back.nii.gz"), file("again.nii.gz")});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  const Volume second = read_volume(file("again.nii.gz"));
  double difference = 0, norm = 0;
  for (std::size_t i = 0; i < latent.voxels.size(); ++i) {
    difference += std::pow(second.voxels[i] - latent.voxels[i], 2);
    norm += std::pow(latent.voxels[i], 2);
  }
  EXPECT_GT(norm, 0);
  EXPECT_LT(std::sqrt(difference / norm), 0.2);
}

TEST_F(Synth, ALatentIsDecodedWithTheSettingsItWasMadeWith) {
  ASSERT_EQ(run({"encode", testdata("brain_t1_crop.nii.gz"), file("latent.nii.gz")}, {"--steps", "4"}).exit_code, 0);
  expect_refused(run({"decode", file("latent.nii.gz"), file("back.nii.gz")}, {"--steps", "5"}), 3, "decode");
  expect_refused(run({"decode", testdata("brain_t1_crop.nii.gz"), file("back.nii.gz")}), 3, "decode");
  EXPECT_FALSE(fs::exists(file("back.nii.gz")));
}

TEST_F(Synth, InterpolationMakesItsVolumesAndASheet) {
  const std::string scan = testdata("brain_t1_crop.nii.gz");
  const Outcome outcome = run({"interpolate", scan, testdata("head_t1_crop.nii.gz"), file("way")},
                              {"--count", "3", "--steps", "2", "--detail-steps", "2"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* name : {"step-00.nii.gz", "step-01.nii.gz", "step-02.nii.gz", "step-02.voxprior.json", "sheet.png"})
    EXPECT_TRUE(fs::exists(file("way/") + name)) << name;
  expect_refused(run({"interpolate", scan, scan, file("way")}), 5, "interpolate");
  EXPECT_NE(read_volume(file("way/step-00.nii.gz")).voxels, read_volume(file("way/step-01.nii.gz")).voxels);
}

TEST_F(Synth, ALikelihoodIsTheSumOfItsLevelsAndTheMeanOfItsMap) {
  const std::string scan = testdata("brain_t1_crop.nii.gz");
  const std::vector<std::string> words{"loglik",      scan,  "--model",    VOXPRIOR_RANDOM_CASCADE,
                                       "--threads",   "1",   "--progress", "none",
                                       "--tolerance", "0.1", "--map",      file("map.nii.gz")};
  const Outcome outcome = voxprior_run(words);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const double bits = json("map.voxprior.json")["bits_per_voxel"].get<double>();
  double levels = 0;
  for (std::size_t at = outcome.out.find("safetensors: "); at != std::string::npos;
       at = outcome.out.find("safetensors: ", at + 1))
    levels += std::stod(outcome.out.substr(at + 13));
  EXPECT_NEAR(levels, bits, 1e-3);  // printed with six digits
  const Volume map = read_volume(file("map.nii.gz"));
  double sum = 0;
  for (const float v : map.voxels) sum += v;
  EXPECT_NEAR(sum / static_cast<double>(map.voxels.size()), bits, 1e-3);
  expect_refused(voxprior_run(words), 5, "loglik");
}

TEST_F(Synth, WarnsOfACopyOfATrainingVolumeAndOfNothingElse) {
  // The model, and as its training set the first two volumes of a seed: those it then "copies".
  fs::copy(VOXPRIOR_RANDOM_CASCADE, file("model"));
  const std::vector<std::string> small{"--model",        file("model"), "--steps",   "3",
                                       "--detail-steps", "2",           "--threads", "1"};
  const auto draw = [&](const std::string& folder, const std::string& seed, const std::string& count) {
    std::vector<std::string> words{"synth", file(folder), "--seed", seed, "--count", count};
    words.insert(words.end(), small.begin(), small.end());
    return voxprior_run(words);
  };
  ASSERT_EQ(draw("train", "1", "2").exit_code, 0);
  ASSERT_EQ(draw("held", "2", "10").exit_code, 0);
  const Outcome unwatched = draw("first", "3", "1");
  EXPECT_THAT(unwatched.err, HasSubstr("no copies.json"));
  const Outcome learned = voxprior_run({"evaluate", "--memorisation", file("train"), file("first"), "--holdout",
                                        file("held"), "--for-model", file("model")});
  ASSERT_EQ(learned.exit_code, 0) << learned.err;

  const Outcome copies = draw("copies", "1", "1");
  ASSERT_EQ(copies.exit_code, 0) << copies.err;
  EXPECT_THAT(copies.err, HasSubstr("synthetic-000000 may be a copy: 0.0"));
  EXPECT_THAT(copies.out, HasSubstr("1 of them may be copies"));
  const nlohmann::json check = json("copies/synthetic-000000.voxprior.json")["copy_check"];
  EXPECT_EQ(check["nearer_than_held_out"], true);
  EXPECT_EQ(check["nearest_training_volume"], 0);
  const Outcome again = draw("again", "2", "1");  // one that the limit was taken from
  EXPECT_THAT(again.out, testing::Not(HasSubstr("may be copies")));
  EXPECT_EQ(json("again/synthetic-000000.voxprior.json")["copy_check"]["nearer_than_held_out"], false);

  test::put_bytes(scratch_ / "model" / "copies.json", "{}");
  expect_refused(draw("damaged", "1", "1"), 4, "synth");
  EXPECT_FALSE(fs::exists(file("damaged")));
}

TEST_F(Synth, FromScansToADatasetToAModelToNewVolumes) {
  fs::create_directory(file("scans"));
  for (const char* name : {"brain_t1_crop.nii.gz", "head_t1_crop.nii.gz"})
    fs::copy(testdata(name), file("scans/") + name);
  const Outcome prepared = voxprior_run(
      {"prepare", file("scans"), file("dataset"), "--spacing", "2", "--size", "32x24x16", "--progress", "none"});
  ASSERT_EQ(prepared.exit_code, 0) << prepared.err;

  const std::string network = "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\n";
  const std::string dataset = "[data]\ndataset = \"" + file("dataset") + "\"\n";
  test::put_bytes(scratch_ / "coarse.toml",
                  network + "heads = 2\n" + dataset + "halvings = 1\n[training]\nsteps = 2\nbatch = 2\n");
  test::put_bytes(scratch_ / "octave.toml", network + dataset + "[training]\nsteps = 2\nbatch = 1\npatch = 16\n");
  fs::create_directory(file("model"));
  for (const auto& [kind, recipe, name] : {std::array<std::string, 3>{"diffusion", "coarse", "coarse"},
                                           std::array<std::string, 3>{"cascade", "octave", "octave-1"}}) {
    const Outcome trained =
        voxprior_run({"train", kind, file(recipe + ".toml"), "--out", file(recipe), "--threads", "1"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    fs::copy(file(recipe + "/model.safetensors"), file("model/" + name + ".safetensors"));
  }
  const Outcome made = voxprior_run({"synth", file("out"), "--model", file("model"), "--steps", "2", "--threads", "1"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Volume volume = read_volume(file("out/synthetic-000000.nii.gz"));
  EXPECT_EQ(volume.geometry.size, (std::array<std::int64_t, 3>{32, 24, 16}));
  EXPECT_EQ(volume.geometry.spacing_mm, (std::array<double, 3>{2, 2, 2}));
}

}  // namespace
}  // namespace voxprior
