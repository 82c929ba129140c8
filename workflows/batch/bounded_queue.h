#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace voxprior {

/// Hands things from one thread to another, in order, at most `capacity` of them waiting: who is ahead waits, so that
/// memory does not grow with the number of things.
template <typename T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits for room. False when the queue was closed: the thing is then dropped.
  bool push(T thing) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || things_.size() < capacity_; });
    if (closed_) return false;
    things_.push_back(std::move(thing));
    changed_.notify_all();
    return true;
  }

  /// Waits for a thing, calling `while_waiting`, which may throw, ten times a second. Nothing when the queue is closed
  /// and empty.
  template <typename Callback>
  std::optional<T> pop(const Callback& while_waiting) {
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, std::chrono::milliseconds(100), [this] { return closed_ || !things_.empty(); })) {
      lock.unlock();
      while_waiting();
      lock.lock();
    }
    if (things_.empty()) return {};
    std::optional<T> thing(std::move(things_.front()));
    things_.pop_front();
    changed_.notify_all();
    return thing;
  }

  /// No more things come; those that wait can still be taken.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }

  /// Closes, and drops what waits.
  void abandon() {
    std::deque<T> dropped;
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(things_);
    changed_.notify_all();
  }

 private:
  std::size_t capacity_;
  std::deque<T> things_;
  bool closed_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace voxprior
