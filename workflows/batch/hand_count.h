#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace voxprior {

/// How many cases are in hand, for the thread that takes them up and may have to wait for the others.
class HandCount {
 public:
  void take_up() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }

  void put_down() {
    const std::lock_guard lock(mutex_);
    --count_;
    changed_.notify_all();
  }

  /// Waits until at most `most` are in hand. False when the run ends before.
  bool wait_for(std::size_t most) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || count_ <= most; });
    return !ended_;
  }

  /// The run ends: nobody waits any more.
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
  }

 private:
  std::size_t count_ = 0;
  bool ended_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace voxprior
