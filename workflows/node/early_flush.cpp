#include "workflows/node/early_flush.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace voxprior {
namespace {

constexpr std::uint64_t kEvery = 4000000;  // bytes

/// Has the file system begin to write a file. What fails here fails again in the flush at the end, and is answered for.
void begin_to_write(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
  ::close(descriptor);
}

/// Of a file that nobody writes to there is nothing to write but the cache of the disk.
void empty_disk_cache(const std::filesystem::path& unchanged_file) {
  const int descriptor = ::open(unchanged_file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fdatasync(descriptor);
  ::close(descriptor);
}

}  // namespace

EarlyFlush::~EarlyFlush() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void EarlyFlush::written(const std::filesystem::path& file, std::uint64_t bytes) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    files_.push_back(file);
    bytes_ += bytes;
    if (bytes_ < kEvery) return;
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  wake_.notify_one();
}

void EarlyFlush::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return over_ || bytes_ >= kEvery; });
    if (over_) return;
    const std::vector<std::filesystem::path> files = std::exchange(files_, {});
    bytes_ = 0;
    lock.unlock();
    for (const std::filesystem::path& file : files) begin_to_write(file);
    empty_disk_cache(spool_.lock_file());
    lock.lock();
  }
}

}  // namespace voxprior
