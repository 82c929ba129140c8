#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "workflows/node/spool.h"

namespace voxprior {

/// Flushes the spool beside the association, every few megabytes, so that the flush at its end, which the sender waits
/// for and which alone counts, finds little left to do.
class EarlyFlush {
 public:
  explicit EarlyFlush(const Spool& spool) : spool_(spool) {}
  ~EarlyFlush();
  EarlyFlush(const EarlyFlush&) = delete;
  EarlyFlush& operator=(const EarlyFlush&) = delete;

  /// So much more has been written.
  void written(std::uint64_t bytes);

 private:
  void work();

  const Spool& spool_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::uint64_t unflushed_ = 0;
  bool over_ = false;
  std::thread thread_;  // begun when there is something to flush: most associations are an echo
};

}  // namespace voxprior
