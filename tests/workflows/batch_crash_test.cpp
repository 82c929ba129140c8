// A scan over which the program dies, again and again: it fails alone in the end.
#include <csignal>

#include "tests/workflows/batch_fixture.h"
#include "workflows/batch/case_lock.h"
#include "workflows/batch/case_store.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using testing::HasSubstr;

class BatchCrash : public test::BatchTest {
 protected:
  const std::vector<std::string> kSlowly{"--tile", "32"};  // so that there is time to die in

  /// A run that ends over a scan as a crash there would end it. `meanwhile` is done first.
  template <typename Meanwhile>
  void die_over(const std::string& scan, int signal, const Meanwhile& meanwhile) const {
    std::vector<std::string> more = kSlowly;
    more.insert(more.end(), {"--progress", "slicer"});
    test::Process process(test::program(), words(file("in"), file("out"), more));
    process.wait_for(scan + ": denoising");
    meanwhile();
    process.send(signal);
    EXPECT_EQ(process.wait().exit_code, 128 + signal);
  }

  void die_over(const std::string& scan, int signal = SIGSEGV) const {
    die_over(scan, signal, [] {});
  }

  bool is_in_hand(const std::string& scan) const {
    const CaseStore store(scratch_ / "out" / ".voxprior");
    return !CaseLock::take(store.lock_file(scan));
  }
};

TEST_F(BatchCrash, AScanThatKilledThreeRunsIsAFailureAndTheOthersAreDone) {
  put_scans(4);
  ASSERT_EQ(batch("undisturbed", kSlowly).exit_code, 0);
  die_over("b.nii.gz");
  for (int n = 0; n < 2; ++n) {
    // The scan that is under suspicion is worked on alone: no other dies with it.
    die_over("b.nii.gz", SIGSEGV, [&] {
      EXPECT_TRUE(is_in_hand("b.nii.gz"));
      EXPECT_FALSE(is_in_hand("c.nii.gz"));
    });
  }
  const Outcome outcome = batch("out", kSlowly);
  EXPECT_EQ(outcome.exit_code, 8) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("b.nii.gz: failed: the program died 3 times in a row"));
  EXPECT_THAT(outcome.out, HasSubstr("2 denoised, 1 done before, 1 failed\n"));
  const auto failures = table("out/failures.tsv");
  ASSERT_EQ(failures.size(), 1u);
  EXPECT_EQ(failures[0].at("scan"), "b.nii.gz");
  EXPECT_THAT(failures[0].at("reason"), HasSubstr("--retry-crashed"));

  EXPECT_THAT(batch("out", kSlowly).out, HasSubstr("0 denoised, 3 done before, 1 failed\n"));
  std::vector<std::string> asked = kSlowly;
  asked.emplace_back("--retry-crashed");
  EXPECT_EQ(batch("out", asked).exit_code, 0);
  EXPECT_EQ(results("out"), results("undisturbed"));
}

TEST_F(BatchCrash, TwoKillsOverOneScanCondemnNothing) {
  put_scans(3);
  for (int n = 0; n < 2; ++n) die_over("a.nii.gz", SIGKILL);
  const Outcome outcome = batch("out", kSlowly);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("3 denoised\n"));
  EXPECT_TRUE(fs::is_empty(scratch_ / "out" / ".voxprior" / "locks"));
}

TEST_F(BatchCrash, ARepairedScanIsTriedWithoutBeingAskedFor) {
  put_scans(1);
  die_over("a.nii.gz");
  const fs::path lock = CaseStore(scratch_ / "out" / ".voxprior").lock_file("a.nii.gz");
  std::string text = test::bytes_of(lock);
  ASSERT_THAT(text, HasSubstr("\ndied 1 "));
  text.replace(text.find("\ndied 1 "), 8, "\ndied 3 ");  // as two more deaths would leave it
  test::put_bytes(lock, text);
  ASSERT_EQ(batch("out", kSlowly).exit_code, 8);
  put_scan("in/a.nii.gz", 77);
  EXPECT_EQ(batch("out", kSlowly).exit_code, 0);
}

}  // namespace
}  // namespace voxprior
