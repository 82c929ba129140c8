#include "workflows/compare/training_log.h"

#include <cmath>
#include <fstream>

#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

TEST(TrainingLogFile, SumsTheTimeOfTheStepsAndPassesOverWhatIsNoReport) {
  test::ScratchFolder scratch;
  std::ofstream(scratch / "metrics.jsonl")
      << "{\"step\": 20, \"loss\": 0.5, \"seconds_per_step\": 2, \"cpu_seconds_per_step\": 3, "
         "\"flop_per_step\": 1e9}\n"
      << "{\"step\": 30, \"loss\": null, \"seconds_per_step\": 1, \"cpu_seconds_per_step\": 4}\n"
      << "half a li\n{\"step\": 31, \"diverged\": \"the loss is not finite\"}\n";
  const TrainingLog log = read_training_log(scratch / "metrics.jsonl");
  EXPECT_EQ(log.steps, (std::vector<std::int64_t>{20, 30}));
  EXPECT_EQ(log.seconds, (std::vector<double>{40, 50}));
  EXPECT_EQ(log.cpu_seconds, (std::vector<double>{60, 100}));
  EXPECT_EQ(log.loss[0], 0.5);
  EXPECT_EQ(log.flop_per_step, 1e9);
  EXPECT_TRUE(std::isnan(log.loss[1]));
  EXPECT_EQ(log.cpu_seconds_at(0), 0);
  EXPECT_EQ(log.cpu_seconds_at(10), 30);
  EXPECT_EQ(log.cpu_seconds_at(20), 60);
  EXPECT_EQ(log.cpu_seconds_at(25), 80);
  EXPECT_EQ(log.cpu_seconds_at(30), 100);
}

TEST(TrainingLogFile, OfATrainingThatDidNotBeginIsEmpty) {
  EXPECT_TRUE(read_training_log("/nowhere/metrics.jsonl").steps.empty());
}

}  // namespace
}  // namespace voxprior
