#include "workflows/batch/case_lock.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

TEST(CaseLock, IsHeldByOneAtATimeAndSaysByWhom) {
  const test::ScratchFolder scratch;
  auto first = CaseLock::take(scratch / "lock");
  ASSERT_TRUE(first);
  EXPECT_FALSE(first->was_left());
  EXPECT_FALSE(CaseLock::take(scratch / "lock"));
  EXPECT_THAT(holder_of(scratch / "lock"), testing::HasSubstr("process " + std::to_string(getpid())));
  first->done();
  EXPECT_THAT(scratch.names(), testing::IsEmpty());
  EXPECT_TRUE(CaseLock::take(scratch / "lock"));
}

TEST(CaseLock, OfAProcessThatWasKilledIsFreeButTellsOfIt) {
  const test::ScratchFolder scratch;
  const pid_t child = fork();
  if (child == 0) {
    const auto held = CaseLock::take(scratch / "lock");
    kill(getpid(), SIGKILL);
    _exit(held ? 0 : 1);
  }
  waitpid(child, nullptr, 0);
  const auto lock = CaseLock::take(scratch / "lock");
  ASSERT_TRUE(lock);
  EXPECT_TRUE(lock->was_left());
}

TEST(CaseLock, ThatIsDroppedTellsTheNextThatSomebodyBegan) {
  const test::ScratchFolder scratch;
  { const auto dropped = CaseLock::take(scratch / "lock"); }
  EXPECT_TRUE(CaseLock::take(scratch / "lock")->was_left());
}

TEST(CaseLock, WithoutAFolderIsRefused) {
  const test::ScratchFolder scratch;
  test::refusal(ExitCode::output, [&] { CaseLock::take(scratch / "missing" / "lock"); });
}

}  // namespace
}  // namespace voxprior
