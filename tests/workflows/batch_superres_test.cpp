// voxprior batch --task superres: thin slices out of thick ones, for many scans.
#include "tests/workflows/batch_fixture.h"
#include "tests/workflows/recon_fixture.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::expect_refused;
using test::Outcome;
using testing::ElementsAre;
using testing::HasSubstr;

class BatchSuperres : public test::BatchTest {
 protected:
  /// A small piece of a noisy brain with slices four times as thick as they were.
  void put_thick(const std::string& name, unsigned seed) const {
    put_scan(name, seed);
    const Volume thin = test::part_of(read_volume(scratch_ / name), {8, 4, 10}, {32, 32, 16});
    write_volume(scratch_ / name, test::thick_slices_of(thin, 4), {Overwrite::yes, ""});
  }

  void put_thick_ones() const {
    put_thick("in/a.nii.gz", 1);
    put_thick("in/deep/b.nrrd", 2);
  }

  Outcome superres(const std::string& out, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--task", "superres"});
    return batch(out, more);
  }
};

TEST_F(BatchSuperres, GivesForEachVolumeWhatReconSuperresGives) {
  put_thick_ones();
  const std::vector<std::string> how{"--mirrors", "2", "--thickness", "3.5", "--profile", "gaussian"};
  const Outcome outcome = superres("out", how);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("a.nii.gz, slices of 0.8681 mm out of 4 mm\n"));
  EXPECT_THAT(outcome.out, HasSubstr("2 made thin\n"));
  for (const char* name : {"a.nii.gz", "deep/b.nrrd"}) {
    const fs::path alone = scratch_ / fs::path(name).filename();
    std::vector<std::string> words{"recon",        "superres", file("in/" + std::string(name)),
                                   alone.string(), "--prior",  VOXPRIOR_RANDOM_MODEL,
                                   "--threads",    "1"};
    words.insert(words.end(), how.begin(), how.end());
    ASSERT_EQ(test::voxprior_run(words).exit_code, 0);
    const Volume batched = read_volume(scratch_ / "out" / name), one = read_volume(alone);
    EXPECT_EQ(batched.voxels, one.voxels) << name;
    EXPECT_EQ(batched.geometry.size, (std::array<std::int64_t, 3>{32, 32, 18})) << name;
    EXPECT_EQ(batched.geometry.origin_mm, one.geometry.origin_mm) << name;
  }
}

TEST_F(BatchSuperres, SaysInRecordAndSummaryWhatWasDone) {
  put_thick_ones();
  ASSERT_EQ(superres("out").exit_code, 0);
  const nlohmann::json record = json("out/a.voxprior.json");
  EXPECT_EQ(record["command"], "batch");
  EXPECT_EQ(record["inputs"]["volume"]["path"], "a.nii.gz");
  EXPECT_EQ(record["slices"]["axis"], "k");
  EXPECT_EQ(record["reconstruction"]["method"], "pnp-hqs");
  EXPECT_EQ(record["reconstruction"]["mirrors"], 2);
  EXPECT_EQ(record["reconstruction"]["model"]["name"], "random");
  EXPECT_FALSE(record["reconstruction"].contains("compute_seconds"));  // or the same scan would not give the same bytes
  const auto rows = table("out/summary.tsv");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].at("status"), "done");
  EXPECT_EQ(rows[0].at("model"), "random");
  EXPECT_EQ(rows[0].at("sigma"), "n/a");
  EXPECT_EQ(rows[0].at("residual_structure"), "n/a");
}

TEST_F(BatchSuperres, ASecondRunDoesNothingAndAnotherSpacingMakesAllAnew) {
  put_thick_ones();
  ASSERT_EQ(superres("out", {"--shard", "0/2"}).exit_code, 0);
  ASSERT_EQ(superres("out").exit_code, 0);
  const auto before = results("out");
  EXPECT_THAT(superres("out").out, HasSubstr("0 made thin, 2 done before\n"));
  ASSERT_EQ(superres("whole").exit_code, 0);
  EXPECT_EQ(results("whole"), before);
  EXPECT_THAT(superres("out", {"--spacing", "2"}).out, HasSubstr("2 made thin\n"));
  EXPECT_EQ(read_volume(scratch_ / "out" / "a.nii.gz").geometry.size[2], 8);
  EXPECT_THAT(superres("out", {"--spacing", "2", "--mirrors", "1"}).out, HasSubstr("2 made thin\n"));
}

TEST_F(BatchSuperres, AScanWhoseSlicesAreNotThickFailsAlone) {
  put_thick_ones();
  put_scan("in/c.nii.gz", 3);
  const Outcome outcome = superres("out");
  expect_refused(outcome, 8, "batch");
  const auto failures = table("out/failures.tsv");
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].at("scan"), "c.nii.gz");
  EXPECT_EQ(failures[0].at("exit_code"), "3");
  EXPECT_THAT(failures[0].at("reason"), HasSubstr("would hold nothing new"));
  EXPECT_EQ(results("out").size(), 5u);  // two volumes with their records, failures.tsv
}

TEST_F(BatchSuperres, AVolumeThatDoesNotFitIntoMemoryFailsAlone) {
  put_thick_ones();
  expect_refused(superres("out", {"--memory", "100"}), 8, "batch");
  EXPECT_EQ(table("out/failures.tsv").at(0).at("exit_code"), "6");
}

TEST_F(BatchSuperres, OneOutIsForOneTask) {
  put_thick_ones();
  ASSERT_EQ(superres("thin").exit_code, 0);
  ASSERT_EQ(batch("clean").exit_code, 0);
  const auto thin = results("thin"), clean = results("clean");
  expect_refused(batch("thin", {"--overwrite"}), 2, "batch");
  expect_refused(superres("clean", {"--overwrite"}), 2, "batch");
  expect_refused(batch("thin", {"group"}), 2, "batch");
  EXPECT_EQ(results("thin"), thin);
  EXPECT_EQ(results("clean"), clean);
  EXPECT_EQ(superres("thin", {"group"}).exit_code, 0);
  EXPECT_EQ(superres("clean", {"--work-dir", file("work")}).exit_code, 8);  // what another task wrote is not ours
  EXPECT_EQ(results("clean").at("a.nii.gz"), clean.at("a.nii.gz"));
}

TEST_F(BatchSuperres, OptionsOfTheOtherTaskAreRefused) {
  put_thick_ones();
  for (const std::vector<std::string>& of_denoising : {std::vector<std::string>{"--noise", "gaussian"},
                                                       {"--sigma", "20"},
                                                       {"--sigma-map", "none"},
                                                       {"--spectrum", "white"},
                                                       {"--strength", "0.5"},
                                                       {"--sampler", "one-step"},
                                                       {"--steps", "2"},
                                                       {"--tile", "16"}}) {
    const Outcome outcome = superres("out", of_denoising);
    expect_refused(outcome, 2, "batch");
    EXPECT_THAT(outcome.err, HasSubstr(of_denoising.front() + ": is for --task denoise"));
  }
  expect_refused(superres("out", {"--spacing", "-1"}), 2, "batch");
  for (const std::vector<std::string>& of_superres :
       {std::vector<std::string>{"--spacing", "1"}, {"--thickness", "4"}, {"--profile", "gaussian"}}) {
    expect_refused(batch("out", of_superres), 2, "batch");
  }
  expect_refused(batch("out", {"--task", "segment"}), 2, "batch");
  expect_refused(
      test::voxprior_run({"batch", file("in"), file("out"), "--task", "superres", "--model", file("none.safetensors")}),
      4, "batch");
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(BatchSuperres, TasksAndCollectorOfSlurmAreToldTheTask) {
  put_thick_ones();
  const Outcome outcome = superres("out", {"--spacing", "2", "--slurm", "--dry-run"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("'--task' 'superres' '--spacing' '2'"));
  EXPECT_THAT(outcome.out, HasSubstr("'group' '--task' 'superres'"));
}

TEST_F(BatchSuperres, OfBidsTheDerivativesSayThatTheirSlicesAreThin) {
  put_thick("in/sub-01/anat/sub-01_T2w.nii.gz", 1);
  test::put_bytes(scratch_ / "in" / "dataset_description.json", R"({"Name": "d", "BIDSVersion": "1.8.0"})");
  test::put_bytes(scratch_ / "in" / "T2w.json", R"({"EchoTime": 0.1, "SliceThickness": 4})");
  const Outcome outcome = superres("out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  std::vector<std::string> names;
  for (const auto& [name, hash] : results("out")) names.push_back(name);
  EXPECT_THAT(names,
              ElementsAre(".bidsignore", "README.md", "dataset_description.json", "descriptions.tsv",
                          "sub-01/anat/sub-01_desc-superres_T2w.json", "sub-01/anat/sub-01_desc-superres_T2w.nii.gz"));
  const nlohmann::json sidecar = json("out/sub-01/anat/sub-01_desc-superres_T2w.json");
  EXPECT_EQ(sidecar["Sources"].at(0), "bids:raw:sub-01/anat/sub-01_T2w.nii.gz");
  EXPECT_EQ(sidecar["EchoTime"], 0.1);
  EXPECT_NEAR(sidecar["SliceThickness"].get<double>(), 0.868, 0.001);
  EXPECT_EQ(sidecar["Resolution"], "slices of 0.8681 mm made of slices 4 mm apart");
  EXPECT_EQ(sidecar["Voxprior"]["reconstruction"]["model"]["name"], "random");
  EXPECT_EQ(json("out/dataset_description.json")["Name"], "voxprior: thin slices");
  EXPECT_EQ(table("out/descriptions.tsv").at(0).at("desc_id"), "superres");
  const std::string readme = test::bytes_of(scratch_ / "out" / "README.md");
  EXPECT_THAT(readme, HasSubstr("`*_desc-superres_*` have thin slices"));
  EXPECT_THAT(readme, testing::Not(HasSubstr("enoise")));
}

}  // namespace
}  // namespace voxprior
