#pragma once

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/scratch_folder.h"
#include "tests/workflows/process.h"

namespace voxprior::test {

inline std::string testdata(const std::string& name) { return std::string(VOXPRIOR_TESTDATA) + "/" + name; }

/// A test of a command: an empty folder, and the command run in it as a user would.
class WorkflowTest : public testing::Test {
 protected:
  std::string file(const std::string& name) const { return (scratch_ / name).string(); }

  /// denoise with the random model and one thread: several that wait for each other are slow on a busy machine.
  Outcome denoise(const std::string& in, const std::string& out, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"denoise", in, out, "--model", VOXPRIOR_RANDOM_MODEL, "--threads", "1"};
    words.insert(words.end(), more.begin(), more.end());
    return voxprior_run(words);
  }

  nlohmann::json json(const std::string& name) const { return nlohmann::json::parse(bytes_of(scratch_ / name)); }

  ScratchFolder scratch_;
};

/// The exit code, and one line on stderr that begins as every error does.
inline void expect_refused(const Outcome& outcome, int exit_code, const std::string& command) {
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.err;
  EXPECT_EQ(outcome.error_lines(), 1) << outcome.err;
  EXPECT_THAT(outcome.err, testing::StartsWith("voxprior " + command + ": "));
}

}  // namespace voxprior::test
