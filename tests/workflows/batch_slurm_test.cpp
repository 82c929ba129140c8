// voxprior batch --slurm on a real cluster of one node, started here.
#include "tests/workflows/batch_fixture.h"
#include "tests/workflows/slurm_cluster.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::SlurmCluster;
using testing::HasSubstr;

using SlurmScripts = test::BatchTest;

TEST_F(SlurmScripts, ADryRunPrintsThemAndWritesNothing) {
  put_scans(3);
  const Outcome outcome = batch("out", {"--slurm", "--dry-run", "--tasks", "2", "--at-once=1", "--memory", "900",
                                        "--slurm-option=--partition=long", "--work-dir", file("it's")});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  for (const char* line : {"#SBATCH --array=0-1%1\n", "#SBATCH --partition=long\n", "#SBATCH --mem=900\n",
                           "#SBATCH --requeue\n", "it'\\''s'", "--shard \"$SLURM_ARRAY_TASK_ID/2\"", "'group'"}) {
    EXPECT_THAT(outcome.out, HasSubstr(line));
  }
  EXPECT_THAT(outcome.out, testing::Not(HasSubstr("--at-once")));
  EXPECT_FALSE(fs::exists(scratch_ / "out"));
}

TEST_F(SlurmScripts, WhatDoesNotGoTogetherIsRefusedAndSoIsAMachineWithoutSlurm) {
  put_scans(1);
  test::expect_refused(batch("out", {"--dry-run"}), 2, "batch");
  test::expect_refused(batch("out", {"--slurm", "--shard", "0/2"}), 2, "batch");
  test::expect_refused(batch("out", {"--slurm", "--slurm-option", "partition"}), 2, "batch");
  const Outcome without = batch("out", {"--slurm"}, {{"PATH", "/nowhere"}});
  test::expect_refused(without, 6, "batch");
  EXPECT_THAT(without.err, HasSubstr("sbatch does not take"));
}

class BatchOnSlurm : public test::BatchTest {
 protected:
  void SetUp() override {
    if (!test::has_slurm()) GTEST_SKIP() << "needs slurmctld, slurmd, slurm-client and munge: scripts/setup.sh";
    put_scans(6);
    const std::string whole = test::bytes_of(scratch_ / "in" / "e.nii.gz");
    test::put_bytes(scratch_ / "in" / "e.nii.gz", whole.substr(0, whole.size() / 2));  // one that fails
    ASSERT_EQ(batch("local", {"--tile", "16"}).exit_code, 8);
    cluster_ = std::make_unique<SlurmCluster>();
  }

  /// Submits the batch as three tasks, of which one fails.
  void submit() const {
    const Outcome outcome = batch("out", {"--tile", "16", "--slurm", "--tasks", "3"}, cluster_->environment());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    ASSERT_THAT(outcome.out, HasSubstr("3 tasks for 6 scans; collector "));
  }

  /// The tasks that run now, as Slurm numbers them.
  std::string running() const { return cluster_->shell("squeue -h -r -t RUNNING -n voxprior-batch -o %i").out; }

  bool first_scan_is_done() const {
    std::error_code ignored;
    const fs::path markers = scratch_ / "out" / ".voxprior" / "cases";
    return fs::exists(markers, ignored) && !fs::is_empty(markers, ignored);
  }

  void expect_what_a_local_run_gives() const {
    EXPECT_EQ(results("out"), results("local"));
    EXPECT_EQ(table("out/summary.tsv").size(), 6u);
    EXPECT_EQ(table("out/failures.tsv").at(0).at("scan"), "e.nii.gz");
  }

  std::unique_ptr<SlurmCluster> cluster_;
};

TEST_F(BatchOnSlurm, AnArrayWithATaskThatFailsGivesWhatALocalRunGives) {
  submit();
  cluster_->wait_for_all_jobs();
  expect_what_a_local_run_gives();
  const std::string ended = cluster_->ended_jobs();
  EXPECT_THAT(ended, HasSubstr("ExitCode=8:0"));  // the task of the broken scan, and the collector
  EXPECT_THAT(ended, HasSubstr("ExitCode=0:0"));
}

TEST_F(BatchOnSlurm, ARequeuedTaskAndALostControllerChangeNothing) {
  submit();
  test::wait_until("a scan is done", [this] { return first_scan_is_done(); });
  const std::string tasks = running();
  ASSERT_FALSE(tasks.empty());
  EXPECT_EQ(cluster_->shell("scontrol requeue " + tasks.substr(0, tasks.find('\n'))).exit_code, 0);
  test::wait_until("a task runs", [this] { return !running().empty(); });
  cluster_->kill_controller();
  cluster_->start_controller();
  cluster_->wait_for_all_jobs();
  expect_what_a_local_run_gives();
}

}  // namespace
}  // namespace voxprior
