#include "workflows/node/early_flush.h"

#include "base/error.h"

namespace voxprior {
namespace {

constexpr std::uint64_t kEvery = 4000000;  // bytes

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

void EarlyFlush::written(std::uint64_t bytes) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    unflushed_ += bytes;
    if (unflushed_ < kEvery) return;
  }
  if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  wake_.notify_one();
}

void EarlyFlush::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return over_ || unflushed_ >= kEvery; });
    if (over_) return;
    unflushed_ = 0;
    lock.unlock();
    try {
      spool_.flush();
    } catch (const Error&) {  // the flush at the end fails, too, and is answered for
    }
    lock.lock();
  }
}

}  // namespace voxprior
