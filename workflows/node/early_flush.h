#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "workflows/node/spool.h"

namespace voxprior {

/// Brings images to the disk beside the association that they come by, so that the flush at its end, which the sender
/// waits for and which alone counts, finds little left to do: the file system writes them, and the disk empties its own
/// cache. Nothing of it makes the file system commit its journal, which images that come in would have to wait for.
class EarlyFlush {
 public:
  explicit EarlyFlush(const Spool& spool) : spool_(spool) {}
  ~EarlyFlush();
  EarlyFlush(const EarlyFlush&) = delete;
  EarlyFlush& operator=(const EarlyFlush&) = delete;

  /// So much was written to this file.
  void written(const std::filesystem::path& file, std::uint64_t bytes);

 private:
  void work();

  const Spool& spool_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::filesystem::path> files_;
  std::uint64_t bytes_ = 0;
  bool over_ = false;
  std::thread thread_;  // begun when there is something to flush: most associations are an echo
};

}  // namespace voxprior
