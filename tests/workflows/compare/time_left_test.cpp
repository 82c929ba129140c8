#include "workflows/compare/time_left.h"

#include <gtest/gtest.h>

namespace voxprior {
namespace {

TimeLeft two_trainings() {
  TimeLeft time;
  time.plan("train", 2, 100);
  time.plan("synth", 2, 30);
  return time;
}

TEST(TimeLeftOfAComparison, IsWhatWasPlannedBeforeAnythingRan) {
  const TimeLeft time = two_trainings();
  EXPECT_EQ(time.planned(), 4u);
  EXPECT_EQ(time.done(), 0u);
  EXPECT_EQ(time.left(), 260);
  EXPECT_EQ(time.share("train", 0), 0);
}

TEST(TimeLeftOfAComparison, FallsWhileAStepRunsAndStandsStillWhenItTakesLonger) {
  const TimeLeft time = two_trainings();
  EXPECT_EQ(time.left("train", 65), 195);
  EXPECT_EQ(time.share("train", 65), 0.25);
  EXPECT_EQ(time.left("train", 400), 160);
}

TEST(TimeLeftOfAComparison, ExpectsOfTheNextStepWhatTheLastOneTook) {
  TimeLeft time = two_trainings();
  time.over("train", 150, true);
  EXPECT_EQ(time.done(), 1u);
  EXPECT_EQ(time.left(), 150 + 60);
  time.over("synth", 10, true);
  EXPECT_EQ(time.left(), 150 + 10);
  EXPECT_EQ(time.share("train", 0), 0.5);
}

// The display tells the time left from the time since this run began.
TEST(TimeLeftOfAComparison, CountsStepsOfAnEarlierRunAsNoWorkOfThisOne) {
  TimeLeft time = two_trainings();
  time.over("train", 150, false);
  EXPECT_EQ(time.left(), 210);
  EXPECT_EQ(time.share("synth", 0), 0);
}

}  // namespace
}  // namespace voxprior
