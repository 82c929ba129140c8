// voxprior train in several processes: the same result as one, and what happens when one of them is lost.
#include <csignal>
#include <cstring>
#include <memory>

#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::Outcome;
using test::Process;
using testing::HasSubstr;

using Environment = std::map<std::string, std::string>;

class TrainTogether : public test::WorkflowTest {
 protected:
  std::string config(int steps, const std::string& more = "", int batch = 4) {
    test::put_bytes(scratch_ / "tiny.toml",
                    "[model]\nname = \"tiny\"\nchannels = [8, 16]\nblocks = [1, 1]\n"
                    "[data]\ntrain = [\"${VOLUMES}/brain_t1_crop.nii.gz\"]\n"
                    "[training]\npatch = 16\nprecision = \"float32\"\nbatch = " +
                        std::to_string(batch) + "\nsteps = " + std::to_string(steps) + "\n" + more);
    return file("tiny.toml");
  }

  std::vector<std::string> words(const std::string& recipe, const std::string& folder,
                                 const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"train", "denoiser",       recipe, "--out",      file(folder), "--threads",
                                 "1",     "--join-timeout", "60",   "--progress", "slicer"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }

  /// A port that is ours: scratch folders have names of their own.
  std::string port() const {
    return std::to_string(30000 + std::hash<std::string>{}(scratch_.path().string()) % 20000);
  }

  Environment plain(int rank, int count) const {
    return {{"VOLUMES", VOXPRIOR_TESTDATA},
            {"RANK", std::to_string(rank)},
            {"WORLD_SIZE", std::to_string(count)},
            {"MASTER_ADDR", "127.0.0.1"},
            {"MASTER_PORT", port()}};
  }

  using Team = std::vector<std::unique_ptr<Process>>;
  Team start(int count, const std::vector<std::string>& words) const {
    Team team;
    for (int rank = 0; rank < count; ++rank)
      team.push_back(std::make_unique<Process>(test::program(), words, plain(rank, count)));
    return team;
  }

  Outcome alone(const std::vector<std::string>& words) const {
    return test::voxprior_run(words, {{"VOLUMES", VOXPRIOR_TESTDATA}});
  }

  void expect_done(Team team) const {
    for (auto& process : team) {
      const Outcome outcome = process->wait();
      EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    }
  }

  /// The numbers of model.safetensors, behind its header.
  std::vector<float> weights_of(const std::string& folder) const {
    const std::string bytes = test::bytes_of(scratch_ / folder / "model.safetensors");
    std::uint64_t header = 0;
    std::memcpy(&header, bytes.data(), sizeof header);
    std::vector<float> numbers((bytes.size() - sizeof header - header) / sizeof(float));
    std::memcpy(numbers.data(), bytes.data() + sizeof header + header, numbers.size() * sizeof(float));
    return numbers;
  }

  double distance(const std::string& folder, const std::string& other) const {
    const std::vector<float> a = weights_of(folder), b = weights_of(other);
    EXPECT_EQ(a.size(), b.size());
    double greatest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) greatest = std::max<double>(greatest, std::abs(a[i] - b.at(i)));
    return greatest;
  }
};

TEST_F(TrainTogether, TwoAndThreeProcessesLearnWhatOneDoes) {
  const std::string recipe = config(20);
  ASSERT_EQ(alone(words(recipe, "one")).exit_code, 0);
  expect_done(start(2, words(recipe, "two")));
  expect_done(start(3, words(recipe, "three")));  // shares of 1, 1 and 2 samples
  EXPECT_LT(distance("one", "two"), 1e-5);
  EXPECT_LT(distance("one", "three"), 1e-5);
}

TEST_F(TrainTogether, OneSpeaksAndWrites) {
  Team team = start(2, words(config(3), "run"));
  const Outcome first = team[0]->wait(), second = team[1]->wait();
  EXPECT_THAT(first.out, HasSubstr("wrote " + file("run") + "/model.safetensors"));
  EXPECT_EQ(second.out + second.err, "");
  const std::string log = test::bytes_of(scratch_ / "run" / "metrics.jsonl");
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1);
}

TEST_F(TrainTogether, ALostProcessEndsTheRunAndAnotherNumberOfThemGoesOn) {
  const std::string recipe = config(40, "checkpoint_minutes = 0.0001\n");
  ASSERT_EQ(alone(words(recipe, "undisturbed")).exit_code, 0);
  {
    Team team = start(2, words(recipe, "run"));
    team[0]->wait_for("<filter-progress>");
    team[1]->send(SIGKILL);
    const Outcome left = team[0]->wait();
    if (left.exit_code != 0) {  // else the run was faster than the signal
      EXPECT_EQ(left.exit_code, 75) << left.err;
      EXPECT_THAT(left.err, HasSubstr("was lost"));
      EXPECT_THAT(left.err, HasSubstr("--resume"));
    }
  }
  ASSERT_TRUE(fs::exists(scratch_ / "run" / "checkpoint.safetensors"));
  expect_done(start(3, words(recipe, "run", {"--resume"})));
  EXPECT_LT(distance("run", "undisturbed"), 2e-5);
}

TEST_F(TrainTogether, WhatOneProcessAloneCanDoIsRefused) {
  std::vector<std::string> autoencoder = words(config(2), "run");
  autoencoder[1] = "autoencoder";
  Team team = start(2, autoencoder);
  for (auto& process : team) {
    const Outcome outcome = process->wait();
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("runs in one process alone"));
  }
}

TEST_F(TrainTogether, ABatchIsNotSmallerThanTheTeam) {
  Team team = start(2, words(config(2, "", 1), "run"));
  for (auto& process : team) EXPECT_EQ(process->wait().exit_code, 2);
}

TEST_F(TrainTogether, TheOthersAreNotWaitedForForEver) {
  const std::vector<std::string> lonely = words(config(2), "run", {});
  std::vector<std::string> impatient = lonely;
  *std::find(impatient.begin(), impatient.end(), "60") = "1";
  const Outcome outcome = test::voxprior_run(impatient, plain(0, 2));
  EXPECT_EQ(outcome.exit_code, 75) << outcome.err;
}

TEST_F(TrainTogether, AnEnvironmentThatContradictsItselfIsMisuse) {
  for (const Environment& environment :
       {Environment{{"RANK", "2"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}},
        Environment{{"RANK", "one"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}},
        Environment{{"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}}, Environment{{"RANK", "0"}, {"WORLD_SIZE", "2"}},
        Environment{{"RANK", "0"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "127.0.0.1"}, {"MASTER_PORT", "99999"}}}) {
    test::expect_refused(test::voxprior_run(words(config(2), "run"), environment), 2, "train denoiser");
  }
}

}  // namespace
}  // namespace voxprior
