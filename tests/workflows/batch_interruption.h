#pragma once

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "tests/workflows/batch_fixture.h"

namespace voxprior::test {

/// A batch of four scans, and what it gives when nothing disturbs it.
class BatchInterruption : public BatchTest {
 protected:
  /// In many small tiles, so that there is a middle to be stopped in.
  const std::vector<std::string> kSlowly{"--tile", "32"};

  void SetUp() override {
    put_scans(4);
    const auto start = std::chrono::steady_clock::now();
    ASSERT_EQ(batch("undisturbed", kSlowly).exit_code, 0);
    undisturbed_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }

  /// Kills a run at some moment and the next one at another, then lets a third end; all that `times` times. Moments
  /// cover a run from its start to its end.
  void kill_at_random_moments(int times) const {
    std::mt19937 random(20);
    std::uniform_real_distribution<double> moment(0.2, 1);
    for (int n = 0; n < times; ++n) {
      std::filesystem::remove_all(scratch_ / "out", ignored_);
      for (int run = 0; run < 2; ++run) {
        Process process(program(), words(file("in"), file("out"), kSlowly));
        std::this_thread::sleep_for(std::chrono::duration<double>(moment(random) * undisturbed_s_));
        process.send(SIGKILL);
        process.wait();
      }
      const Outcome outcome = batch("out", kSlowly);
      ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
      ASSERT_EQ(results("out"), results("undisturbed")) << "after kill " << n;
    }
  }

  double undisturbed_s_ = 0;
  mutable std::error_code ignored_;
};

}  // namespace voxprior::test
