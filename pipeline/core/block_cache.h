#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <unordered_map>

namespace voxprior {

/// Memory for tensors that is kept for the next tensor of its size instead of going back to the system, which hands out
/// every page of it anew with a fault (half of the time of a network on the virtual machine where it was measured).
/// Blocks of 2 MB and more ask for huge pages. What is kept and what is in use together never exceed what was in use at
/// the worst moment so far, so that a program needs no more memory with it than without. Safe to use from several
/// threads.
class BlockCache {
 public:
  BlockCache() = default;
  ~BlockCache();
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  /// At least `bytes` (0: none, nullptr), aligned to 64 bytes. Throws std::bad_alloc.
  void* take(std::size_t bytes);
  /// Gives back what take() gave; nullptr is ignored.
  void give_back(void* block);

  std::size_t bytes_in_use() const;
  std::size_t bytes_kept() const;
  std::size_t most_in_use() const;

 private:
  void* reuse(std::size_t bytes);
  void make_room(std::size_t bytes);

  mutable std::mutex mutex_;
  std::unordered_map<void*, std::size_t> in_use_;  // large blocks alone
  std::multimap<std::size_t, void*> kept_;         // by size
  std::size_t bytes_in_use_ = 0, bytes_kept_ = 0, most_ = 0;
};

/// All CPU tensors of LibTorch made from now on take their memory from one BlockCache. Once is enough.
void cache_tensor_memory();

}  // namespace voxprior
