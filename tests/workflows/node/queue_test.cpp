#include "workflows/node/queue.h"

#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/scratch_folder.h"
#include "workflows/node/arrivals.h"
#include "workflows/node/deliveries.h"

namespace voxprior {
namespace {

struct NodeQueue : testing::Test {
  NodeQueue() { start_node(); }
  void start_node() const {
    Queue::begin(file());
    Arrivals(file()).all_lost();
  }
  std::filesystem::path file() const { return scratch_ / "queue.sqlite"; }
  QueuedSeries touch(const std::string& key, double opened_s = 1000, const std::string& first = "first") const {
    return Arrivals(file()).touch({key, "study", "SCANNER", "127.0.0.1", "rule", 0, opened_s, first});
  }
  void release(double opened_s = 1000) const { Arrivals(file()).released(opened_s); }
  QueuedSeries only(const std::string& state) {
    const auto found = Queue(file()).in_state(state);
    EXPECT_EQ(found.size(), 1u) << state;
    return found.empty() ? QueuedSeries() : found.front();
  }
  test::ScratchFolder scratch_;
};

TEST_F(NodeQueue, ASeriesIsNotMovedOnWhileAnAssociationThatSendsItIsOpen) {
  Queue queue(file());
  const QueuedSeries series = touch("a");
  EXPECT_FALSE(queue.advance(series, series_state::ready));
  release(1000);
  EXPECT_TRUE(queue.advance(series, series_state::ready));
  EXPECT_FALSE(queue.advance(series, series_state::ready)) << "it is ready already";
}

TEST_F(NodeQueue, WhatWasCutOffIsWholeOnlyOnceALaterAssociationWasReleased) {
  Queue queue(file());
  touch("a", 1000);
  Arrivals(file()).process_ended(::getpid());
  EXPECT_EQ(only(series_state::receiving).cut_off_s, 1000);
  touch("a", 999);
  release(999);
  EXPECT_EQ(only(series_state::receiving).cut_off_s, 1000);
  touch("a", 1001);
  release(1001);
  EXPECT_EQ(only(series_state::receiving).cut_off_s, 0);
}

TEST_F(NodeQueue, AnAbortThatIsNotedAfterItsSenderBeganAnewAndWasDoneCutsNothingOff) {
  const pid_t aborted = ::fork();
  if (aborted == 0) {
    touch("a", 1000);
    ::_exit(0);
  }
  ::waitpid(aborted, nullptr, 0);
  Queue queue(file());
  touch("a", 1001);
  release(1001);
  EXPECT_EQ(Arrivals(file()).process_ended(aborted), "SCANNER@127.0.0.1");
  EXPECT_EQ(only(series_state::receiving).cut_off_s, 0);
}

TEST_F(NodeQueue, ARestartTakesOpenAssociationsForAbortedAndComputesAgain) {
  touch("open");
  start_node();
  EXPECT_GT(only(series_state::receiving).cut_off_s, 0);
  EXPECT_TRUE(Queue(file()).first_before_power_failed(only(series_state::receiving)).empty()) << "the power was on";
  ASSERT_TRUE(Queue(file()).advance(only(series_state::receiving), series_state::ready));
  ASSERT_TRUE(Queue(file()).advance(only(series_state::ready), series_state::processing));
  start_node();
  EXPECT_EQ(only(series_state::ready).key, "open");
}

TEST_F(NodeQueue, AfterAnotherStartOfTheMachineItKnowsWhichImageMustBeThere) {
  touch("open", 1000, "one");
  touch("open", 1000, "two");
  Sqlite(file()).run("UPDATE boot SET id = 'another'");
  start_node();
  const QueuedSeries series = only(series_state::receiving);
  EXPECT_EQ(series.cut_off_s, 1000);
  EXPECT_EQ(Queue(file()).first_before_power_failed(series), std::vector<std::string>{"one"});
  touch("open", 1001, "two");
  start_node();
  EXPECT_EQ(Queue(file()).first_before_power_failed(series), std::vector<std::string>{"one"}) << "this time it was on";
  Queue(file()).forget_images(series);
  EXPECT_TRUE(Queue(file()).first_before_power_failed(series).empty());
}

TEST_F(NodeQueue, AnAssociationOfAProcessOfTheSameNumberIsAnother) {
  touch("a", 1000);
  touch("b", 1001);  // before the end of the first was noted
  EXPECT_EQ(Arrivals(file()).process_ended(::getpid()), "SCANNER@127.0.0.1");
  release(1001);
  const auto series = Queue(file()).in_state(series_state::receiving);
  ASSERT_EQ(series.size(), 2u);
  EXPECT_EQ(series[0].cut_off_s, 1000);
  EXPECT_EQ(series[1].cut_off_s, 0);
}

TEST_F(NodeQueue, ResultsOfImagesThatAreNotAllAnyMoreAreDropped) {
  Queue queue(file());
  QueuedSeries series = touch("a");
  release(1000);
  ASSERT_TRUE(queue.advance(series, series_state::ready));
  ASSERT_TRUE(queue.advance(only(series_state::ready), series_state::processing));
  const QueuedSeries computing = only(series_state::processing);
  Arrivals(file()).reopen(series.id);  // one more image came
  EXPECT_FALSE(queue.computed(computing, {"work/1-0/out/series-001"}, {"pacs"}, {"x"}));
  EXPECT_TRUE(Deliveries(file()).in_state("pending").empty());
  EXPECT_EQ(only(series_state::receiving).generation, 1);
}

TEST_F(NodeQueue, ResultsGoToEachDestinationOnceAndAreRemembered) {
  Queue queue(file());
  touch("a");
  release(1000);
  ASSERT_TRUE(queue.advance(only(series_state::receiving), series_state::ready));
  ASSERT_TRUE(queue.advance(only(series_state::ready), series_state::processing));
  ASSERT_TRUE(queue.computed(only(series_state::processing), {"one", "two"}, {"pacs", "store"}, {"x", "y"}));
  EXPECT_EQ(Deliveries(file()).in_state("pending").size(), 4u);
  EXPECT_TRUE(Arrivals(file()).was_processed("a", "x"));
  EXPECT_FALSE(Arrivals(file()).was_processed("a", "z"));
  EXPECT_FALSE(Arrivals(file()).was_processed("b", "x"));
  EXPECT_TRUE(Arrivals(file()).has_processed("a"));
  EXPECT_FALSE(Arrivals(file()).has_processed("b"));
}

TEST_F(NodeQueue, TheWordOfAnArchiveStands) {
  Queue queue(file());
  touch("a");
  release(1000);
  ASSERT_TRUE(queue.advance(only(series_state::receiving), series_state::ready));
  ASSERT_TRUE(queue.advance(only(series_state::ready), series_state::processing));
  ASSERT_TRUE(queue.computed(only(series_state::processing), {"one"}, {"pacs"}, {}));
  Deliveries deliveries(file());
  const Delivery delivery = deliveries.in_state("pending").at(0);
  deliveries.set_transaction(delivery.id, "2.25.1");
  EXPECT_FALSE(deliveries.commitment("2.25.2", true)) << "nobody asked";
  EXPECT_TRUE(deliveries.commitment("2.25.1", true));  // before we noted that all was sent
  deliveries.set(delivery, "sent", 0, "");
  EXPECT_EQ(deliveries.in_state("delivered").size(), 1u);
}

TEST_F(NodeQueue, SurvivesAProcessThatIsKilledInATransaction) {
  const pid_t child = ::fork();
  if (child == 0) {
    touch("kept");
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
