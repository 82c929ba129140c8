#include "workflows/node/queue.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

struct NodeQueue : testing::Test {
  NodeQueue() { Queue(file()).begin(); }
  std::filesystem::path file() const { return scratch_ / "queue.sqlite"; }
  QueuedSeries touch(Queue& queue, const std::string& key, double opened_s = 1000) {
    return queue.touch(key, "study", "SCANNER", "127.0.0.1", "rule", 0, opened_s);
  }
  QueuedSeries only(const std::string& state) {
    const auto found = Queue(file()).in_state(state);
    EXPECT_EQ(found.size(), 1u) << state;
    return found.empty() ? QueuedSeries() : found.front();
  }
  test::ScratchFolder scratch_;
};

TEST_F(NodeQueue, ASeriesIsNotMovedOnWhileAnAssociationThatSendsItIsOpen) {
  Queue queue(file());
  const QueuedSeries series = touch(queue, "a");
  EXPECT_FALSE(queue.advance(series, series_state::ready));
  queue.released(1000);
  EXPECT_TRUE(queue.advance(series, series_state::ready));
  EXPECT_FALSE(queue.advance(series, series_state::ready)) << "it is ready already";
}

TEST_F(NodeQueue, WhatWasCutOffIsWholeOnlyOnceALaterAssociationWasReleased) {
  Queue queue(file());
  touch(queue, "a", 1000);
  queue.process_ended(::getpid());
  EXPECT_EQ(only(series_state::receiving).cut_off_s, 1000);
  touch(queue, "a", 999);
  queue.released(999);
  EXPECT_EQ(only(series_state::receiving).cut_off_s, 1000);
  touch(queue, "a", 1001);
  queue.released(1001);
  EXPECT_EQ(only(series_state::receiving).cut_off_s, 0);
}

TEST_F(NodeQueue, AnAbortThatIsNotedAfterItsSenderBeganAnewAndWasDoneCutsNothingOff) {
  const pid_t aborted = ::fork();
  if (aborted == 0) {
    {
      Queue queue(file());
      touch(queue, "a", 1000);
    }
    ::_exit(0);
  }
  ::waitpid(aborted, nullptr, 0);
  Queue queue(file());
  touch(queue, "a", 1001);
  queue.released(1001);
  EXPECT_EQ(queue.process_ended(aborted), "SCANNER@127.0.0.1");
  EXPECT_EQ(only(series_state::receiving).cut_off_s, 0);
}

TEST_F(NodeQueue, ARestartTakesOpenAssociationsForAbortedAndComputesAgain) {
  {
    Queue queue(file());
    touch(queue, "open");
  }
  {
    Queue queue(file());
    queue.begin();
    EXPECT_GT(only(series_state::receiving).cut_off_s, 0);
    const QueuedSeries series = only(series_state::receiving);
    ASSERT_TRUE(queue.advance(series, series_state::ready));
    ASSERT_TRUE(queue.advance(only(series_state::ready), series_state::processing));
    queue.begin();
  }
  EXPECT_EQ(only(series_state::ready).key, "open");
}

TEST_F(NodeQueue, ResultsOfImagesThatAreNotAllAnyMoreAreDropped) {
  Queue queue(file());
  QueuedSeries series = touch(queue, "a");
  queue.released(1000);
  ASSERT_TRUE(queue.advance(series, series_state::ready));
  ASSERT_TRUE(queue.advance(only(series_state::ready), series_state::processing));
  const QueuedSeries computing = only(series_state::processing);
  queue.reopen(series.id);  // one more image came
  EXPECT_FALSE(queue.computed(computing, {"work/1-0/out/series-001"}, {"pacs"}, {"x"}));
  EXPECT_TRUE(queue.deliveries("pending").empty());
  EXPECT_EQ(only(series_state::receiving).generation, 1);
}

TEST_F(NodeQueue, ResultsGoToEachDestinationOnceAndAreRemembered) {
  Queue queue(file());
  touch(queue, "a");
  queue.released(1000);
  ASSERT_TRUE(queue.advance(only(series_state::receiving), series_state::ready));
  ASSERT_TRUE(queue.advance(only(series_state::ready), series_state::processing));
  ASSERT_TRUE(queue.computed(only(series_state::processing), {"one", "two"}, {"pacs", "store"}, {"x", "y"}));
  EXPECT_EQ(queue.deliveries("pending").size(), 4u);
  EXPECT_TRUE(queue.was_processed("a", "x"));
  EXPECT_FALSE(queue.was_processed("a", "z"));
  EXPECT_FALSE(queue.was_processed("b", "x"));
}

TEST_F(NodeQueue, TheWordOfAnArchiveStands) {
  Queue queue(file());
  touch(queue, "a");
  queue.released(1000);
  ASSERT_TRUE(queue.advance(only(series_state::receiving), series_state::ready));
  ASSERT_TRUE(queue.advance(only(series_state::ready), series_state::processing));
  ASSERT_TRUE(queue.computed(only(series_state::processing), {"one"}, {"pacs"}, {}));
  Delivery delivery = queue.deliveries("pending").at(0);
  queue.set_transaction(delivery.id, "2.25.1");
  EXPECT_FALSE(queue.commitment("2.25.2", true)) << "nobody asked";
  EXPECT_TRUE(queue.commitment("2.25.1", true));  // before we noted that all was sent
  queue.set_delivery(delivery, "sent", 0, "");
  EXPECT_EQ(queue.deliveries("delivered").size(), 1u);
}

TEST_F(NodeQueue, SurvivesAProcessThatIsKilledInATransaction) {
  const pid_t child = ::fork();
  if (child == 0) {
    Queue queue(file());
    touch(queue, "kept");
    Sqlite database(file());
    database.run("BEGIN IMMEDIATE");
    database.run("UPDATE series SET key = 'lost'");
    ::raise(SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(only(series_state::receiving).key, "kept");
}

}  // namespace
}  // namespace voxprior
