#include "pipeline/core/block_cache.h"

#include <c10/core/Allocator.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>
#include <new>

namespace voxprior {
namespace {

constexpr std::size_t kAlignment = 64;                   // of LibTorch's own allocator
constexpr std::size_t kHugePage = std::size_t{2} << 20;  // of x86-64, and of arm64 with pages of 4 kB
constexpr std::size_t kStep = std::size_t{64} << 10;     // smaller ones are well served by malloc; sizes are multiples

std::size_t rounded_up(std::size_t bytes, std::size_t step) { return (bytes + step - 1) / step * step; }

/// Whole huge pages need an aligned begin: a huge page more is mapped, and what juts out at both ends is given back.
void* map_huge(std::size_t bytes) {
  void* const mapped = ::mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  auto* const begin = static_cast<std::byte*>(mapped);
  const auto address = reinterpret_cast<std::uintptr_t>(mapped);
  const std::size_t before = rounded_up(address, kHugePage) - address, after = kHugePage - before;
  if (before > 0) ::munmap(begin, before);
  if (after > 0) ::munmap(begin + before + bytes, after);
#ifdef MADV_HUGEPAGE
  ::madvise(begin + before, bytes, MADV_HUGEPAGE);  // a wish: nothing depends on it
#endif
  return begin + before;
}

void* small_block(std::size_t bytes) {
  void* block = nullptr;
  if (::posix_memalign(&block, kAlignment, bytes) != 0) throw std::bad_alloc();
  return block;
}

void* new_block(std::size_t bytes) { return bytes >= kHugePage ? map_huge(bytes) : small_block(bytes); }

void free_block(void* block, std::size_t bytes) {
  if (bytes >= kHugePage)
    ::munmap(block, bytes);
  else
    std::free(block);
}

/// LibTorch asks here. Later versions than 1.13 have copy_data() and an allocate() that is not const,
/// and without `override` one class suits all.
class TensorMemory final : public c10::Allocator {
 public:
  static TensorMemory& instance() {
    static auto* const memory = new TensorMemory;  // tensors may outlive every static object
    return *memory;
  }

  c10::DataPtr allocate(std::size_t bytes) { return take(bytes); }
  c10::DataPtr allocate(std::size_t bytes) const { return instance().take(bytes); }
  c10::DeleterFnPtr raw_deleter() const { return &give_back; }
  void copy_data(void* to, const void* from, std::size_t bytes) const { std::memcpy(to, from, bytes); }

 private:
  c10::DataPtr take(std::size_t bytes) {
    void* const block = cache_.take(bytes);
    return {block, block, &give_back, c10::Device(c10::DeviceType::CPU)};
  }
  static void give_back(void* block) { instance().cache_.give_back(block); }

  BlockCache cache_;
};

}  // namespace

BlockCache::~BlockCache() {
  for (const auto& [bytes, block] : kept_) free_block(block, bytes);
}

void* BlockCache::take(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  if (bytes < kStep) return small_block(bytes);
  if (bytes > std::numeric_limits<std::size_t>::max() / 2) throw std::bad_alloc();
  bytes = rounded_up(bytes, kStep);
  const std::lock_guard<std::mutex> lock(mutex_);
  void* block = reuse(bytes);
  if (block == nullptr) {
    make_room(bytes);
    block = new_block(bytes);
  }
  in_use_.emplace(block, bytes);
  bytes_in_use_ += bytes;
  most_ = std::max(most_, bytes_in_use_);
  return block;
}

void* BlockCache::reuse(std::size_t bytes) {
  const auto found = kept_.find(bytes);
  if (found == kept_.end()) return nullptr;
  void* const block = found->second;
  kept_.erase(found);
  bytes_kept_ -= bytes;
  return block;
}

/// Frees kept blocks, largest first, until `bytes` more in use exceed the worst moment by no kept byte.
void BlockCache::make_room(std::size_t bytes) {
  const std::size_t limit = std::max(most_, bytes_in_use_ + bytes);
  while (!kept_.empty() && bytes_in_use_ + bytes + bytes_kept_ > limit) {
    const auto largest = std::prev(kept_.end());
    free_block(largest->second, largest->first);
    bytes_kept_ -= largest->first;
    kept_.erase(largest);
  }
}

void BlockCache::give_back(void* block) {
  if (block == nullptr) return;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = in_use_.find(block);
  if (found == in_use_.end()) return std::free(block);
  kept_.emplace(found->second, block);
  bytes_in_use_ -= found->second;
  bytes_kept_ += found->second;
  in_use_.erase(found);
}

std::size_t BlockCache::bytes_in_use() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_in_use_;
}

std::size_t BlockCache::bytes_kept() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return bytes_kept_;
}

std::size_t BlockCache::most_in_use() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return most_;
}

void cache_tensor_memory() {
  static const bool once = [] {
    c10::SetAllocator(c10::DeviceType::CPU, &TensorMemory::instance());
    return true;
  }();
  static_cast<void>(once);
}

}  // namespace voxprior
