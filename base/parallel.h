#pragma once

#include <algorithm>
#include <cstddef>
#include <thread>
#include <vector>

namespace voxprior {

/// Number of threads meant by `threads`: itself, or every core of the machine when it is 0.
inline int thread_count(int threads) {
  return threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Calls work(begin, end) on consecutive slabs that cover [0, count), one thread a slab; returns when all are done.
/// Slabs are at least `least` long, so that small work starts no thread. `work` must not throw and must give the same
/// result however [0, count) is cut: that is what makes every algorithm here independent of the number of threads.
template <typename Work>
void for_slabs(std::size_t count, std::size_t least, int threads, const Work& work) {
  const std::size_t slabs = std::clamp<std::size_t>(count / std::max<std::size_t>(least, 1), 1,
                                                    static_cast<std::size_t>(thread_count(threads)));
  std::vector<std::thread> running;
  for (std::size_t s = 1; s < slabs; ++s)
    running.emplace_back([&work, begin = count * s / slabs, end = count * (s + 1) / slabs] { work(begin, end); });
  work(0, count / slabs);
  for (std::thread& thread : running) thread.join();
}

}  // namespace voxprior
