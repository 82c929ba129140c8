#include "pipeline/core/block_cache.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

namespace voxprior {
namespace {

constexpr std::size_t kMb = std::size_t{1} << 20;

TEST(BlockCache, GivesTheSameBlockForTheSameSizeAgain) {
  BlockCache cache;
  void* const first = cache.take(5 * kMb);
  cache.give_back(first);
  EXPECT_EQ(cache.take(5 * kMb), first);
  EXPECT_NE(cache.take(5 * kMb), first);
}

TEST(BlockCache, BlocksAreAlignedAndCanBeWritten) {
  BlockCache cache;
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{100}, 64 * kMb / 1024, kMb + 1, 2 * kMb, 7 * kMb + 3}) {
    void* const block = cache.take(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block) % 64, 0u) << bytes;
    std::memset(block, 1, bytes);
    cache.give_back(block);
  }
  EXPECT_EQ(cache.take(0), nullptr);
  cache.give_back(nullptr);
}

TEST(BlockCache, UsesAndKeepsNoMoreThanWasInUseAtTheWorstMoment) {
  BlockCache cache;
  std::vector<void*> blocks;
  for (int n = 0; n < 4; ++n) blocks.push_back(cache.take(4 * kMb));
  for (void* block : blocks) cache.give_back(block);
  EXPECT_EQ(cache.bytes_in_use(), 0u);
  EXPECT_EQ(cache.bytes_kept(), 16 * kMb);
  void* const other = cache.take(6 * kMb);  // none fits: two of the four must go
  EXPECT_EQ(cache.bytes_kept(), 8 * kMb);
  void* const larger = cache.take(20 * kMb);  // a new worst moment leaves nothing to keep
  EXPECT_EQ(cache.bytes_kept(), 0u);
  EXPECT_EQ(cache.most_in_use(), 26 * kMb);
  cache.give_back(other);
  cache.give_back(larger);
  EXPECT_EQ(cache.bytes_kept(), 26 * kMb);
}

TEST(BlockCache, RefusesWhatNoMachineHas) {
  BlockCache cache;
  EXPECT_THROW(cache.take(SIZE_MAX), std::bad_alloc);
  EXPECT_THROW(cache.take(std::size_t{1} << 60), std::bad_alloc);
  EXPECT_EQ(cache.bytes_in_use(), 0u);
}

TEST(BlockCache, ServesSeveralThreads) {
  BlockCache cache;
  std::vector<std::thread> threads;
  for (unsigned char mark = 1; mark <= 4; ++mark) {
    threads.emplace_back([&cache, mark] {
      for (int n = 0; n < 200; ++n) {
        auto* const block = static_cast<unsigned char*>(cache.take(kMb));
        block[0] = block[kMb - 1] = mark;
        std::this_thread::yield();
        EXPECT_EQ(block[0], mark);
        EXPECT_EQ(block[kMb - 1], mark);
        cache.give_back(block);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cache.bytes_in_use(), 0u);
  EXPECT_LE(cache.bytes_kept(), 4 * kMb);
}

TEST(TensorMemory, IsUsedAgainByTheNextTensorOfItsSize) {
  cache_tensor_memory();
  cache_tensor_memory();
  const void* first = nullptr;
  {
    const torch::Tensor x = torch::zeros({3, 1000, 1000});
    first = x.data_ptr();
  }
  torch::Tensor y = torch::ones({3, 1000, 1000});
  EXPECT_EQ(y.data_ptr(), first);
  EXPECT_EQ(y.sum().item<double>(), 3e6);
  y.resize_({4, 1000, 1000});
  EXPECT_EQ(y.flatten().narrow(0, 0, 3000000).sum().item<double>(), 3e6);
}

}  // namespace
}  // namespace voxprior
