#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <vector>

namespace voxprior {

/// Calls work(n) for each n below `count`, on up to `threads` threads; `report` hears, in the calling thread, how many
/// are done. Each call must fill a place of its own, so that the result does not depend on threads. What `work` or
/// `report` throws is thrown again after the calls under way have ended; of several, that with the smallest n.
template <typename Work>
void for_each_volume(std::size_t count, int threads, const std::function<void(std::size_t done)>& report,
                     const Work& work) {
  std::atomic<std::size_t> next{0}, done{0};
  std::atomic<bool> stop{false};
  std::vector<std::exception_ptr> errors(count);
  const auto run = [&] {
    for (std::size_t n; !stop && (n = next++) < count; ++done) {
      try {
        work(n);
      } catch (...) {
        errors[n] = std::current_exception();
        stop = true;
      }
    }
  };
  std::vector<std::future<void>> running;
  for (std::size_t t = 0; t < std::min<std::size_t>(count, static_cast<std::size_t>(threads)); ++t)
    running.push_back(std::async(std::launch::async, run));
  try {
    for (const auto& thread : running) {
      while (thread.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) report(done);
    }
  } catch (...) {
    stop = true;
    for (const auto& thread : running) thread.wait();
    throw;
  }
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
}

}  // namespace voxprior
