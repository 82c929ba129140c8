// voxprior batch on a folder of volumes: what comes out, what is not done again, who does what.

#include "tests/workflows/batch_fixture.h"
#include "workflows/batch/case_lock.h"
#include "workflows/batch/case_store.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using testing::HasSubstr;
using testing::Not;

using Batch = test::BatchTest;

TEST_F(Batch, GivesForEachVolumeWhatDenoiseGivesUnderTheSameNameBelowOut) {
  put_scan("in/one/a.nii.gz", 1);
  put_scan("in/two/deep/b.nrrd", 2);
  put_scan("in/c.mha", 3);
  test::put_bytes(scratch_ / "in" / "notes.txt", "no image");
  const Outcome outcome = batch("out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("3 denoised\n"));
  for (const char* name : {"one/a.nii.gz", "two/deep/b.nrrd", "c.mha"}) {
    const fs::path alone = scratch_ / fs::path(name).filename();
    ASSERT_EQ(denoise(file("in/" + std::string(name)), alone.string()).exit_code, 0);
    EXPECT_EQ(read_volume(scratch_ / "out" / name).voxels, read_volume(alone).voxels) << name;
  }
  const nlohmann::json record = json("out/one/a.voxprior.json");
  EXPECT_EQ(record["inputs"]["volume"]["path"], "one/a.nii.gz");
  EXPECT_EQ(record["inputs"]["volume"]["sha256"], sha256_of_file(scratch_ / "in" / "one" / "a.nii.gz"));
  EXPECT_EQ(record["model"]["name"], "random");
  EXPECT_FALSE(record.contains("seconds"));  // or the same case would not give the same bytes
}

TEST_F(Batch, ASecondRunDoesNothingAndLoadsNoLibTorch) {
  put_scans(3);
  ASSERT_EQ(batch("out").exit_code, 0);
  const auto before = results("out");
  const auto written = fs::last_write_time(scratch_ / "out" / "a.nii.gz");
  const Outcome again = batch("out", {}, {{"LD_DEBUG", "files"}});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("0 denoised, 3 done before\n"));
  EXPECT_THAT(again.err, Not(HasSubstr("libtorch")));
  EXPECT_EQ(results("out"), before);
  EXPECT_EQ(fs::last_write_time(scratch_ / "out" / "a.nii.gz"), written);
}

TEST_F(Batch, DoesAgainWhatAChangedInputOptionOrLostResultConcernsAndNothingElse) {
  put_scans(3);
  ASSERT_EQ(batch("out").exit_code, 0);
  put_scan("in/b.nii.gz", 77);
  fs::remove(scratch_ / "out" / "c.nii.gz");
  EXPECT_THAT(batch("out").out, HasSubstr("2 denoised, 1 done before\n"));
  EXPECT_THAT(batch("out", {"--sigma", "30"}).out, HasSubstr("3 denoised\n"));
  EXPECT_EQ(json("out/a.voxprior.json")["noise"]["sigma"], 30);
  const Outcome other_means = test::voxprior_run({"batch", file("in"), file("out"), "--model", VOXPRIOR_RANDOM_MODEL,
                                                  "--sigma", "30", "--nprocs", "2", "--mem=2000"});
  EXPECT_THAT(other_means.out, HasSubstr("0 denoised, 3 done before\n"));
}

TEST_F(Batch, ABrokenScanFailsAloneAndIsTriedAgain) {
  put_scans(4);
  const std::string whole = test::bytes_of(scratch_ / "in" / "b.nii.gz");
  test::put_bytes(scratch_ / "in" / "b.nii.gz", whole.substr(0, whole.size() / 2));
  test::put_bytes(scratch_ / "in" / "d.nii.gz", "text\twith a tab");
  const Outcome outcome = batch("out");
  test::expect_refused(outcome, 8, "batch");
  EXPECT_THAT(outcome.err, HasSubstr("2 scans failed"));
  EXPECT_THAT(outcome.out, HasSubstr("b.nii.gz: failed: "));
  EXPECT_EQ(results("out").size(), 5u);  // two volumes with their records, failures.tsv
  const auto failures = table("out/failures.tsv");
  ASSERT_EQ(failures.size(), 2u);
  EXPECT_EQ(failures[0].at("scan"), "b.nii.gz");
  EXPECT_EQ(failures[0].at("exit_code"), "3");
  EXPECT_EQ(table("out/summary.tsv").at(0).at("status"), "failed");

  test::put_bytes(scratch_ / "in" / "b.nii.gz", whole);
  fs::remove(scratch_ / "in" / "d.nii.gz");
  const Outcome repaired = batch("out");
  EXPECT_EQ(repaired.exit_code, 0) << repaired.err;
  EXPECT_THAT(repaired.out, HasSubstr("1 denoised, 2 done before\n"));
  EXPECT_FALSE(fs::exists(scratch_ / "out" / "failures.tsv"));
}

TEST_F(Batch, ShardsTogetherGiveTheWholeAndTheGroupLevelSumsThemUp) {
  put_scans(5);
  ASSERT_EQ(batch("whole").exit_code, 0);
  ASSERT_EQ(batch("parts", {"--shard", "1/2"}).exit_code, 0);
  EXPECT_FALSE(fs::exists(scratch_ / "parts" / "summary.tsv"));
  const Outcome half = test::voxprior_run({"batch", file("in"), file("parts"), "group"});
  EXPECT_EQ(half.exit_code, 8);
  EXPECT_THAT(half.out, HasSubstr("2 done, 0 failed, 3 not done yet"));
  ASSERT_EQ(batch("parts", {"--shard", "0/2"}).exit_code, 0);
  EXPECT_EQ(results("parts"), results("whole"));
  EXPECT_EQ(test::voxprior_run({"batch", file("in"), file("parts"), "group"}).exit_code, 0);
  EXPECT_EQ(table("parts/summary.tsv").size(), 5u);
}

TEST_F(Batch, TheSummaryHasTheOddOnesFirst) {
  for (int n = 0; n < 6; ++n) put_scan("in/" + std::to_string(n) + ".nii.gz", 9, n == 4 ? 120 : 40);
  const Outcome outcome = batch("out");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("outlier: 4.nii.gz: noise is "));
  const auto rows = table("out/summary.tsv");
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows[0].at("scan"), "4.nii.gz");
  EXPECT_THAT(rows[0].at("outlier"), HasSubstr("noise is"));
  EXPECT_EQ(rows[1].at("outlier"), "n/a");
  EXPECT_NEAR(std::stod(rows[0].at("sigma")) / std::stod(rows[1].at("sigma")), 3, 0.5);
  const nlohmann::json summary = json("out/summary.json");
  EXPECT_EQ(summary["counts"]["done"], 6);
  EXPECT_EQ(summary["cases"][0]["output"], "4.nii.gz");
  EXPECT_GT(summary["cases"][0]["seconds"], 0);
}

TEST_F(Batch, TwoRunsAtOnceShareTheWork) {
  put_scans(6);
  ASSERT_EQ(batch("alone").exit_code, 0);
  test::Process first(test::program(), words(file("in"), file("out")));
  test::Process second(test::program(), words(file("in"), file("out")));
  const Outcome one = first.wait(), two = second.wait();
  EXPECT_EQ(one.exit_code, 0) << one.err;
  EXPECT_EQ(two.exit_code, 0) << two.err;
  EXPECT_EQ(results("out"), results("alone"));
  const std::string both = one.out + two.out;
  for (const char name : {'a', 'b', 'c', 'd', 'e', 'f'}) {
    const std::string line = std::string(1, name) + ".nii.gz: wrote";
    const std::size_t at = both.find(line);
    ASSERT_NE(at, std::string::npos) << line;
    EXPECT_EQ(both.find(line, at + 1), std::string::npos) << line;
  }
}

TEST_F(Batch, ACaseThatAnotherRunHoldsIsLeftToIt) {
  put_scans(2);
  fs::create_directory(scratch_ / "out");
  const CaseStore store(scratch_ / "out" / ".voxprior");
  {
    const auto held = CaseLock::take(store.lock_file("a.nii.gz"));
    const Outcome outcome = batch("out");
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("a.nii.gz: left alone: another run is at it (process "));
    EXPECT_THAT(outcome.out, HasSubstr("1 denoised, 1 in the hands of another run\n"));
    EXPECT_FALSE(fs::exists(scratch_ / "out" / "a.nii.gz"));
  }
  EXPECT_THAT(batch("out").out, HasSubstr("1 denoised, 1 done before\n"));
}

TEST_F(Batch, FilesThatNoBatchWroteAreNotReplacedUnlessAskedFor) {
  put_scans(2);
  fs::create_directory(scratch_ / "out");
  test::put_bytes(scratch_ / "out" / "a.nii.gz", "mine");
  EXPECT_EQ(batch("out").exit_code, 8);
  EXPECT_EQ(batch("out").exit_code, 8);
  EXPECT_EQ(test::bytes_of(scratch_ / "out" / "a.nii.gz"), "mine");
  EXPECT_TRUE(fs::exists(scratch_ / "out" / "b.nii.gz"));
  EXPECT_EQ(batch("out", {"--overwrite"}).exit_code, 0);
}

TEST_F(Batch, OfTwoScansThatDifferInTheirEndingTheSecondFails) {
  put_scan("in/a.nii", 1);
  put_scan("in/a.nii.gz", 2);
  const Outcome outcome = batch("out");
  EXPECT_EQ(outcome.exit_code, 8);
  EXPECT_THAT(outcome.out, HasSubstr("a.nii.gz: failed: has the same name as a.nii but for its ending"));
}

TEST_F(Batch, WrongCommandLinesAreRefused) {
  put_scans(1);
  fs::create_directory(scratch_ / "empty");
  test::expect_refused(test::voxprior_run({"batch", file("missing"), file("out")}), 3, "batch");
  test::expect_refused(test::voxprior_run({"batch", file("empty"), file("out")}), 3, "batch");
  test::expect_refused(test::voxprior_run({"batch", file("in"), file("in/out")}), 5, "batch");
  test::expect_refused(test::voxprior_run({"batch", file("in"), file("out"), "everything"}), 2, "batch");
  test::expect_refused(batch("out", {"--shard", "2/2"}), 2, "batch");
  test::expect_refused(batch("out", {"group", "--shard", "0/2"}), 2, "batch");
  test::expect_refused(batch("out", {"--participant-label", "01"}), 2, "batch");
  test::expect_refused(batch("out", {"--strength", "2"}), 2, "batch");
  test::expect_refused(test::voxprior_run({"batch", file("in"), file("out"), "--model", file("none.safetensors")}), 4,
                       "batch");
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

}  // namespace
}  // namespace voxprior
