// voxprior simulate modes, evaluate --modes and evaluate --downstream.
#include <filesystem>

#include "io/volume_file.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::expect_refused;
using test::Outcome;
using test::voxprior_run;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Modes : public test::WorkflowTest {
 protected:
  Outcome simulate(const std::string& folder, const std::vector<std::string>& more) {
    std::vector<std::string> words{"simulate", "modes", file(folder), "--size", "16", "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
  Outcome count(const std::string& real, const std::string& test, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"evaluate",     file(real),  file(test), "--modes",    "--json",
                                   file("m.json"), "--threads", "1",        "--progress", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }
};

TEST_F(Modes, AnotherDrawOfTheSetCoversItAndACollapsedOneDoesNot) {
  ASSERT_EQ(simulate("real", {"--count", "40", "--frequencies", "rare"}).exit_code, 0);
  ASSERT_EQ(simulate("other", {"--count", "60", "--frequencies", "rare", "--seed", "1"}).exit_code, 0);
  const Outcome counted = count("real", "other");
  ASSERT_EQ(counted.exit_code, 0) << counted.err;
  nlohmann::json found = json("m.json");
  EXPECT_EQ(found["modes"].size(), 25u);
  EXPECT_EQ(found["test"]["volumes"], 60);
  EXPECT_EQ(found["test"]["rejected"], 0);
  EXPECT_GE(found["test"]["found"]["value"], found["test"]["found"]["perfect"]["low"]);
  EXPECT_LE(found["test"]["total_variation"]["value"], found["test"]["total_variation"]["perfect"]["high"]);

  fs::create_directory(file("collapsed"));
  for (int n = 0; n < 30; ++n)
    fs::copy(file("other/mode-000000.nii.gz"), file("collapsed/" + std::to_string(n) + ".nii.gz"));
  ASSERT_EQ(count("real", "collapsed", {"--overwrite"}).exit_code, 0);
  found = json("m.json");
  EXPECT_EQ(found["test"]["found"]["value"], 1);
  EXPECT_GT(found["test"]["total_variation"]["value"], found["test"]["total_variation"]["perfect"]["high"]);
}

TEST_F(Modes, TheSameSeedMakesTheSameVolumesAndTheTableSaysWhatTheyAre) {
  ASSERT_EQ(simulate("a", {"--count", "3", "--seed", "4"}).exit_code, 0);
  ASSERT_EQ(simulate("b", {"--count", "5", "--seed", "4"}).exit_code, 0);
  EXPECT_EQ(read_volume(file("a/mode-000002.nii.gz")).voxels, read_volume(file("b/mode-000002.nii.gz")).voxels);
  EXPECT_THAT(test::bytes_of(scratch_ / "a" / "modes.csv"), HasSubstr("\nmode-000002.nii.gz,"));
  expect_refused(simulate("a", {"--count", "3"}), 5, "simulate modes");
}

TEST_F(Modes, WhatCannotBeCountedIsRefused) {
  ASSERT_EQ(simulate("real", {"--count", "30", "--frequencies", "rare"}).exit_code, 0);
  ASSERT_EQ(simulate("few", {"--count", "10", "--frequencies", "rare"}).exit_code, 0);
  expect_refused(count("real", "few"), 3, "evaluate");
  fs::remove(file("real/modes.json"));
  expect_refused(count("real", "few"), 3, "evaluate");
  expect_refused(simulate("out", {"--size", "8"}), 2, "simulate modes");
  expect_refused(simulate("out", {"--frequencies", "skewed"}), 2, "simulate modes");
  expect_refused(count("real", "few", {"--synthesis"}), 2, "evaluate");
}

TEST_F(Modes, ASegmentationLearnedOnOneDrawWorksOnAnother) {
  ASSERT_EQ(simulate("train", {"--count", "25", "--frequencies", "rare"}).exit_code, 0);
  ASSERT_EQ(simulate("test", {"--count", "25", "--frequencies", "rare", "--seed", "1"}).exit_code, 0);
  const Outcome used =
      voxprior_run({"evaluate", file("train"), file("test"), "--downstream", "shape", "--downstream-steps", "200",
                    "--json", file("d.json"), "--threads", "1", "--progress", "none"});
  ASSERT_EQ(used.exit_code, 0) << used.err;
  EXPECT_GT(json("d.json")["dice"]["mean"], 0.3);
  EXPECT_EQ(json("d.json")["dice_of_each"].size(), 25u);
  EXPECT_EQ(json("d.json")["left_out"], 0);
}

}  // namespace
}  // namespace voxprior
