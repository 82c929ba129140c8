// A batch that is stopped or killed: the same command gives what an undisturbed run gives.
#include "tests/workflows/batch_interruption.h"

namespace voxprior {
namespace {

using test::Outcome;
using testing::HasSubstr;

using BatchInterruption = test::BatchInterruption;

TEST_F(BatchInterruption, KilledAtTwoRandomMomentsItGoesOnToTheSameBytes) { kill_at_random_moments(1); }

TEST_F(BatchInterruption, SigtermExits75AndTheSameCommandGoesOn) {
  test::Process process(test::program(), words(file("in"), file("out"), kSlowly));
  process.wait_for(": wrote ");
  process.send(SIGTERM);
  const Outcome stopped = process.wait();
  test::expect_refused(stopped, 75, "batch");
  EXPECT_THAT(stopped.err, HasSubstr("the same command goes on"));
  const std::size_t done = results("out").size();
  EXPECT_LT(done, results("undisturbed").size());
  EXPECT_EQ(done % 2, 0u);  // volumes with their records
  const Outcome outcome = batch("out", kSlowly);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(std::to_string(done / 2) + " done before"));
  EXPECT_EQ(results("out"), results("undisturbed"));
}

TEST_F(BatchInterruption, CtrlCExits130AndLeavesNothingHalfWritten) {
  test::Process process(test::program(), words(file("in"), file("out"), kSlowly));
  process.wait_for(": wrote ");
  process.send(SIGINT);
  test::expect_refused(process.wait(), 130, "batch");
  ASSERT_EQ(batch("out", kSlowly).exit_code, 0);
  EXPECT_EQ(results("out"), results("undisturbed"));
}

}  // namespace
}  // namespace voxprior
