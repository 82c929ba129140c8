#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "workflows/node/child_process.h"
#include "workflows/node/config.h"

namespace voxprior {

/// Notes in the queue which processes of associations have ended, and removes what they left. A child does it, one at a
/// time: nobody who knocks at the door waits for the disk. For the process that listens.
class Clerk {
 public:
  explicit Clerk(const NodeConfig& config) : config_(config) {}

  void take(std::int64_t process) { ended_.push_back(process); }
  /// Returns at once; to be called again and again.
  void go_on();
  /// For the end, when nobody knocks any more.
  void finish();

 private:
  bool look_at_child();

  const NodeConfig& config_;
  std::vector<std::int64_t> ended_;
  std::size_t in_hand_ = 0;  // of them, the first, that the child notes
  std::unique_ptr<ChildProcess> child_;
  std::chrono::steady_clock::time_point not_before_{};
};

}  // namespace voxprior
