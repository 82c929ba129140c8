// train autoencoder, train diffusion on its latents, synth: the whole way, on volumes as small as they get.
#include <cmath>
#include <filesystem>

#include "base/sha256.h"
#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::expect_refused;
using test::Outcome;
using test::put_bytes;
using test::voxprior_run;
using testing::HasSubstr;

Volume scan(int number, std::int64_t depth = 16) {
  Volume volume;
  volume.geometry.size = {16, 24, depth};
  volume.geometry.spacing_mm = {2, 2, 2};
  volume.geometry.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};
  for (int k = 0; k < depth; ++k)
    for (int j = 0; j < 24; ++j)
      for (int i = 0; i < 16; ++i) {
        const double r = std::hypot((i - 8) / 6., (j - 11 - number % 2) / (8 + 0.3 * number), (k - 8) / 6.);
        volume.voxels.push_back(r < 1 ? static_cast<float>(400 + 600 * (1 - r) + 40 * std::sin(i + 2 * j)) : 0.F);
      }
  return volume;
}

class LatentSpaceCommands : public test::WorkflowTest {
 protected:
  LatentSpaceCommands() {
    fs::create_directories(scratch_ / "scans");
    for (int n = 0; n < 3; ++n) write_volume(scratch_ / "scans" / ("scan" + std::to_string(n) + ".nii"), scan(n));
  }

  std::string recipe(const std::string& name, const std::string& text) {
    put_bytes(scratch_ / name, text);
    return file(name);
  }
  std::string autoencoder_recipe(int steps, const std::string& more = "") {
    return recipe("autoencoder.toml",
                  "[model]\nname = \"latents\"\nchannels = [64]\nblocks = [1]\nlatent_channels = 2\n"
                  "[data]\ntrain = [\"${WORK}/scans\"]\nvalidate = [\"${WORK}/scans/scan0.nii\"]\n"
                  "[training]\nbatch = 1\npatch = 8\nsteps = " +
                      std::to_string(steps) + "\n" + more);
  }
  std::string diffusion_recipe(const std::string& data = "autoencoder = \"${WORK}/autoencoder/model.safetensors\"\n") {
    return recipe("diffusion.toml",
                  "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\nheads = 2\n"
                  "[data]\ntrain = [\"${WORK}/scans\"]\nvalidate = [\"${WORK}/scans/scan1.nii\"]\n" +
                      data + "[training]\nbatch = 1\nsteps = 3\n");
  }
  Outcome train(const std::string& what, const std::string& config, const std::string& out,
                const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"train", what, config, "--out", file(out), "--threads", "1", "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words, {{"WORK", scratch_.path().string()}});
  }
  Outcome run(std::vector<std::string> words, const std::vector<std::string>& more = {}) {
    words.insert(words.end(), {"--model", file("model/"), "--threads", "1", "--progress", "none"});
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
  void train_both() {
    const Outcome first = train("autoencoder", autoencoder_recipe(20), "autoencoder");
    ASSERT_EQ(first.exit_code, 0) << first.err;
    const Outcome second = train("diffusion", diffusion_recipe(), "diffusion");
    ASSERT_EQ(second.exit_code, 0) << second.err;
    fs::create_directories(scratch_ / "model");
    fs::copy_file(file("autoencoder/model.safetensors"), file("model/autoencoder.safetensors"));
    fs::copy_file(file("diffusion/model.safetensors"), file("model/coarse.safetensors"));
  }
};

TEST_F(LatentSpaceCommands, FromScansToNewVolumes) {
  train_both();
  const std::string log = test::bytes_of(scratch_ / "autoencoder" / "metrics.jsonl");
  EXPECT_THAT(log, HasSubstr("\"validation_psnr_db\""));

  const Outcome outcome = run({"synth", file("out")}, {"--count", "2", "--steps", "3"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const Volume volume = read_volume(file("out/synthetic-000001.nii.gz"));
  EXPECT_EQ(volume.geometry.size, (std::array<std::int64_t, 3>{16, 24, 16}));
  EXPECT_EQ(volume.geometry.spacing_mm, (std::array<double, 3>{2, 2, 2}));
  EXPECT_EQ(volume.geometry.lps_from_index, (std::array<double, 9>{-1, 0, 0, 0, -1, 0, 0, 0, 1}));  // RAS
  const std::string header(volume.stored.native_header.begin(), volume.stored.native_header.end());
  EXPECT_THAT(header, HasSubstr("SYNTHETIC, voxprior"));
  const nlohmann::json record = json("out/synthetic-000001.voxprior.json");
  EXPECT_EQ(record["synthetic"], true);
  const nlohmann::json hashes = record["synthesis"]["model"]["sha256"];
  EXPECT_EQ(hashes["autoencoder.safetensors"], sha256_of_file(file("model/autoencoder.safetensors")));
  EXPECT_EQ(hashes["coarse.safetensors"], sha256_of_file(file("model/coarse.safetensors")));

  // Volume 1 is the same alone, and whatever the tiles it is decoded in: 1 MB takes several.
  ASSERT_EQ(run({"synth", file("tiles")}, {"--count", "2", "--steps", "3", "--memory", "1"}).exit_code, 0);
  const Volume in_tiles = read_volume(file("tiles/synthetic-000001.nii.gz"));
  double largest = 0;
  for (std::size_t i = 0; i < volume.voxels.size(); ++i)
    largest = std::max<double>(largest, std::abs(volume.voxels[i] - in_tiles.voxels[i]));
  EXPECT_LE(largest, 1);  // of 1000, stored as whole numbers
  EXPECT_NE(volume.voxels, read_volume(file("out/synthetic-000000.nii.gz")).voxels);

  // What needs the model's inverse says that there is none.
  write_volume(scratch_ / "scan.nii", scan(5));
  const std::vector<std::vector<std::string>> commands{
      {"encode", file("scan.nii"), file("x.nii")},
      {"loglik", file("scan.nii")},
      {"interpolate", file("scan.nii"), file("scan.nii"), file("way")}};
  for (const auto& words : commands) {
    const Outcome refused = run(words);
    expect_refused(refused, 4, words[0]);
    EXPECT_THAT(refused.err, HasSubstr("latent space of an autoencoder")) << words[0];
  }
}

TEST_F(LatentSpaceCommands, TheAutoencoderOfAnotherRunIsRefused) {
  train_both();
  ASSERT_EQ(train("autoencoder", autoencoder_recipe(2), "other").exit_code, 0);
  fs::copy_file(file("other/model.safetensors"), file("model/autoencoder.safetensors"),
                fs::copy_options::overwrite_existing);
  const Outcome outcome = run({"synth", file("out")}, {"--steps", "2"});
  expect_refused(outcome, 4, "synth");
  EXPECT_THAT(outcome.err, HasSubstr("is not the autoencoder"));
  fs::remove(file("model/autoencoder.safetensors"));
  expect_refused(run({"synth", file("out")}, {"--steps", "2"}), 4, "synth");
  EXPECT_FALSE(fs::exists(file("out")));
}

TEST_F(LatentSpaceCommands, BadRecipesAndDataAreRefusedInOneLine) {
  const auto refused = [&](const std::string& more) {
    const Outcome outcome = train("autoencoder", autoencoder_recipe(1, more), "bad");
    expect_refused(outcome, 2, "train autoencoder");
    return outcome.err;
  };
  EXPECT_THAT(refused("[loss]\nkl = 2\n"), HasSubstr("'loss.kl' must be between 0 and 1"));
  EXPECT_THAT(refused("[noise]\ntypical = 1\n"), HasSubstr("'noise' is not a section"));

  expect_refused(train("diffusion", diffusion_recipe(), "bad"), 4, "train diffusion");  // no autoencoder there yet
  expect_refused(train("diffusion", diffusion_recipe("autoencoder = \"${NOWHERE}/a\"\n"), "bad"), 2, "train diffusion");
  expect_refused(train("cascade", diffusion_recipe(), "bad"), 2, "train cascade");

  ASSERT_EQ(train("autoencoder", autoencoder_recipe(1), "autoencoder").exit_code, 0);
  expect_refused(train("autoencoder", autoencoder_recipe(1), "autoencoder"), 5, "train autoencoder");
  write_volume(scratch_ / "scans" / "taller.nii", scan(3, 24));
  const Outcome mixed = train("diffusion", diffusion_recipe(), "bad");
  expect_refused(mixed, 3, "train diffusion");
  EXPECT_THAT(mixed.err, HasSubstr("another grid"));
  EXPECT_FALSE(fs::exists(file("bad/model.safetensors")));
}

}  // namespace
}  // namespace voxprior
