// evaluate --synthesis and --memorisation as a user runs them.
#include <filesystem>

#include "io/volume_file.h"
#include "tests/pipeline/metrics/features/random_image.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::expect_refused;
using test::Outcome;
using test::voxprior_run;
using testing::HasSubstr;

constexpr std::array<std::int64_t, 3> kSize{16, 14, 12};

Volume volume_of(const Image& image) {
  Volume volume;
  volume.voxels = image.voxels;
  volume.geometry.size = image.size;
  volume.geometry.spacing_mm = {2, 2, 2};
  return volume;
}

class EvaluateSets : public test::WorkflowTest {
 protected:
  /// `count` volumes of one population, each its own, in a folder: v00.nii, v01.nii, ...
  void make_set(const std::string& folder, std::size_t count, std::uint64_t first_seed, float noise = 0) {
    fs::create_directories(scratch_ / folder);
    for (std::size_t n = 0; n < count; ++n) {
      Image image = test::blobs(kSize, first_seed + n);
      const Image added = test::noise_image(kSize, 9000 + n, 0, noise);
      for (std::size_t v = 0; v < image.voxels.size(); ++v) image.voxels[v] += added.voxels[v];
      put(folder, n, volume_of(image));
    }
  }
  void put(const std::string& folder, std::size_t n, const Volume& volume) {
    WriteOptions options;
    options.overwrite = Overwrite::yes;
    write_volume(path_of(folder, n), volume, options);
  }
  fs::path path_of(const std::string& folder, std::size_t n) const {
    return scratch_ / folder / ((n < 10 ? "v0" : "v") + std::to_string(n) + ".nii");
  }
  /// Never copied by a generator; always nearer to itself than to another.
  void make_training() {
    make_set("training", 12, 0);
    make_set("held", 10, 500);
  }
  Outcome synthesis(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"evaluate", file("real"), file("synthetic"), "--synthesis", "--draws", "20"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
  Outcome memorisation(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"evaluate",      "--memorisation", file("training"),
                                   file("samples"), "--holdout",      file("held")};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
};

nlohmann::json metric(const nlohmann::json& result, const std::string& features, const std::string& name) {
  for (const nlohmann::json& m : result["metrics"])
    if (m["features"] == features && m["metric"] == name) return m;
  return {};
}

TEST_F(EvaluateSets, OfOnePopulationAreNotWorseThanTheFloor) {
  make_set("real", 22, 0);
  make_set("synthetic", 20, 1000);
  const Outcome outcome = synthesis({"--json", file("e.json"), "--seed", "0", "--preview", file("e.png")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(test::bytes_of(scratch_ / "e.png"), testing::StartsWith("\x89PNG"));
  EXPECT_THAT(outcome.out, HasSubstr("\n0 of 38 metrics are worse"));
  EXPECT_THAT(outcome.out, HasSubstr("22 real and 20 synthetic volumes, 20 of each used (seed 0)"));
  const nlohmann::json result = json("e.json");
  EXPECT_EQ(result["volumes_per_half"], 10);
  EXPECT_EQ(result["metrics"].size(), 38u);
  EXPECT_EQ(result["random_networks_sha256"].size(), 3u);
  for (const nlohmann::json& m : result["metrics"])
    for (const char* side : {"synthetic", "real_vs_real"}) EXPECT_TRUE(m[side]["mean"].is_number()) << m;
}

TEST_F(EvaluateSets, WithNoiseAreWorseInTheSpectrum) {
  make_set("real", 20, 0);
  make_set("synthetic", 20, 1000, 0.1f);
  ASSERT_EQ(synthesis({"--json", file("e.json")}).exit_code, 0);
  EXPECT_EQ(metric(json("e.json"), "power spectrum", "distance of means / dB")["worse_than_real"], true);
  EXPECT_EQ(metric(json("e.json"), "power spectrum", "RBF-MMD^2")["worse_than_real"], true);
}

TEST_F(EvaluateSets, GiveTheSameNumbersOnAnyNumberOfThreads) {
  make_set("real", 20, 0);
  make_set("synthetic", 20, 1000);
  ASSERT_EQ(synthesis({"--json", file("one.json"), "--threads", "1"}).exit_code, 0);
  ASSERT_EQ(synthesis({"--json", file("three.json"), "--threads", "3"}).exit_code, 0);
  EXPECT_EQ(json("one.json")["metrics"], json("three.json")["metrics"]);
}

TEST_F(EvaluateSets, MustHaveOneGridAndTheRefusalNamesTheFile) {
  make_set("real", 20, 0);
  make_set("synthetic", 20, 1000);
  Volume other = volume_of(test::blobs({16, 14, 14}, 1));
  put("synthetic", 7, other);
  const Outcome size = synthesis();
  expect_refused(size, 3, "evaluate");
  EXPECT_THAT(size.err, HasSubstr("v07.nii"));
  other = volume_of(test::blobs(kSize, 1));
  other.geometry.spacing_mm[2] = 3;
  put("synthetic", 7, other);
  expect_refused(synthesis(), 3, "evaluate");
  other.geometry.spacing_mm[2] = 2;
  other.geometry.lps_from_index = {-1, 0, 0, 0, 1, 0, 0, 0, 1};
  put("synthetic", 7, other);
  expect_refused(synthesis(), 3, "evaluate");
  other.geometry.lps_from_index = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  other.geometry.origin_mm = {5, 5, 5};  // elsewhere in the scanner: no matter
  put("synthetic", 7, other);
  EXPECT_EQ(synthesis().exit_code, 0);
}

TEST_F(EvaluateSets, ThatAreTooSmallOrMissingOrBlackAreRefused) {
  make_set("real", 20, 0);
  make_set("synthetic", 19, 1000);
  expect_refused(synthesis(), 3, "evaluate");
  make_set("synthetic", 20, 1000);
  put("synthetic", 3, volume_of(test::constant_image(kSize, 0)));
  const Outcome black = synthesis();
  expect_refused(black, 3, "evaluate");
  EXPECT_THAT(black.err, HasSubstr("v03.nii"));
  fs::remove_all(scratch_ / "synthetic");
  expect_refused(synthesis(), 3, "evaluate");
  fs::create_directories(scratch_ / "synthetic");
  expect_refused(synthesis(), 3, "evaluate");
}

TEST_F(EvaluateSets, FindTheCopyAmongSamples) {
  make_training();
  make_set("samples", 5, 900);
  Image copy = test::blobs(kSize, 4);
  const Image noise = test::noise_image(kSize, 77, 0, 0.02f);
  for (std::size_t v = 0; v < copy.voxels.size(); ++v) copy.voxels[v] += noise.voxels[v];
  put("samples", 2, volume_of(copy));
  const Outcome outcome = memorisation({"--json", file("m.json"), "--preview", file("m.png")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const nlohmann::json result = json("m.json");
  const nlohmann::json sample = result["samples"][2];
  EXPECT_EQ(sample["nearest_by_correlation"], "v04.nii");
  EXPECT_EQ(sample["nearest_by_features"], "v04.nii");
  EXPECT_GT(sample["correlation"].get<double>(), 0.9);
  EXPECT_NEAR(sample["p_by_correlation"].get<double>(), 1. / 11, 1e-12);
  EXPECT_GE(result["by_correlation"]["closer_samples"], 1);
  EXPECT_THAT(test::bytes_of(scratch_ / "m.png"), testing::StartsWith("\x89PNG"));
  EXPECT_THAT(outcome.out, HasSubstr("v02.nii"));
}

TEST_F(EvaluateSets, OfHeldOutVolumesThatWereTrainedOnAreRefused) {
  make_training();
  make_set("samples", 2, 900);
  fs::copy_file(path_of("training", 5), path_of("held", 1), fs::copy_options::overwrite_existing);
  const Outcome outcome = memorisation();
  expect_refused(outcome, 3, "evaluate");
  EXPECT_THAT(outcome.err, HasSubstr("v01.nii"));
  fs::remove(path_of("held", 1));
  expect_refused(memorisation(), 3, "evaluate");  // nine are too few
}

TEST_F(EvaluateSets, OptionsOfAnotherUseAreMisuse) {
  make_training();
  make_set("samples", 2, 900);
  expect_refused(memorisation({"--csv", file("m.csv")}), 2, "evaluate");
  expect_refused(memorisation({"--synthesis"}), 2, "evaluate");
  const std::string a = file("training"), b = file("samples");
  expect_refused(voxprior_run({"evaluate", "--memorisation", a, b}), 2, "evaluate");
  expect_refused(voxprior_run({"evaluate", a, b, "--holdout", file("held")}), 2, "evaluate");
  expect_refused(voxprior_run({"evaluate", a, b, "--synthesis", "--mask", "all"}), 2, "evaluate");
  expect_refused(voxprior_run({"evaluate", a, b, "--preview", file("p.png")}), 2, "evaluate");
  expect_refused(voxprior_run({"evaluate", a, b, "--for-model", file("")}), 2, "evaluate");
  expect_refused(memorisation({"--for-model", file("samples")}), 4, "evaluate");  // no synthesis model
}

}  // namespace
}  // namespace voxprior
