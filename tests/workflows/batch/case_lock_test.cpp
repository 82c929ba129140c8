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

/// A process that takes the lock, does something with it and is killed.
template <typename Work>
void die_over(const std::filesystem::path& file, const Work& work) {
  const pid_t child = fork();
  if (child == 0) {
    auto held = CaseLock::take(file);
    work(*held);
    kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
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

TEST(CaseLock, CountsDeathsInARowOverTheSameWork) {
  const test::ScratchFolder scratch;
  const auto begin = [](CaseLock& lock) { lock.begin("this"); };
  for (int n = 1; n <= 3; ++n) {
    die_over(scratch / "lock", begin);
    const auto lock = CaseLock::take(scratch / "lock");
    EXPECT_EQ(lock->deaths("this"), n);
    EXPECT_EQ(lock->deaths("other"), 0);
  }
  die_over(scratch / "lock", [](CaseLock& lock) { lock.begin("other"); });
  EXPECT_EQ(CaseLock::take(scratch / "lock")->deaths("this"), 0);
  EXPECT_EQ(CaseLock::take(scratch / "lock")->deaths("other"), 1);
}

TEST(CaseLock, CountsNoDeathBeforeWorkBeganNorAnEndInOrder) {
  const test::ScratchFolder scratch;
  die_over(scratch / "lock", [](CaseLock& lock) { lock.begin("this"); });
  die_over(scratch / "lock", [](CaseLock&) {});
  CaseLock::take(scratch / "lock")->begin("this");  // and dropped, as after SIGTERM
  EXPECT_EQ(CaseLock::take(scratch / "lock")->deaths("this"), 1);
}

TEST(CaseLock, WorkThatWasSurvivedEndsTheRow) {
  const test::ScratchFolder scratch;
  die_over(scratch / "lock", [](CaseLock& lock) { lock.begin("this"); });
  CaseLock::take(scratch / "lock")->survived();  // was not begun
  EXPECT_EQ(CaseLock::take(scratch / "lock")->deaths("this"), 1);
  {
    auto lock = CaseLock::take(scratch / "lock");
    lock->begin("this");
    lock->survived();
  }
  const auto lock = CaseLock::take(scratch / "lock");
  EXPECT_EQ(lock->deaths("this"), 0);
  EXPECT_TRUE(lock->was_left());
}

TEST(CaseLock, TakesAFileOfAnyContent) {
  const test::ScratchFolder scratch;
  for (const std::string text : {"x", "process 1\n", "process 1\ndied many this\n", "process 1\ndied -3 this\n",
                                 "process 1\ndied 99999999999 this\n"}) {
    test::put_bytes(scratch / "lock", text);
    const auto lock = CaseLock::take(scratch / "lock");
    EXPECT_TRUE(lock->was_left());
    EXPECT_EQ(lock->deaths("this"), 0) << text;
  }
}

TEST(CaseLock, WithoutAFolderIsRefused) {
  const test::ScratchFolder scratch;
  test::refusal(ExitCode::output, [&] { CaseLock::take(scratch / "missing" / "lock"); });
}

}  // namespace
}  // namespace voxprior
