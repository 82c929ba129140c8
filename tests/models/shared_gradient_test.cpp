#include "models/training/shared_gradient.h"

#include <gtest/gtest.h>
#include <torch/autograd.h>
#include <torch/utils.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace voxprior {
namespace {

/// Sums between threads of this process.
class Table {
 public:
  explicit Table(int count) : count_(count) {}

  void add(std::size_t number, const torch::Tensor& tensor) {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_[number];
    entry.sum = entry.parts == 0 ? tensor.clone() : entry.sum + tensor;
    ++entry.parts;
    changed_.notify_all();
  }

  torch::Tensor sum(std::size_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return entries_[number].parts == count_; });
    return entries_[number].sum;
  }

 private:
  struct Entry {
    torch::Tensor sum;
    int parts = 0;
  };
  int count_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::size_t, Entry> entries_;
};

class ThreadPeers : public Peers {
 public:
  ThreadPeers(int rank, int count, Table& table) : rank_(rank), count_(count), table_(table) {}
  int rank() const override { return rank_; }
  int count() const override { return count_; }

  std::unique_ptr<Sum> start_sum(torch::Tensor tensor) override {
    table_.add(started, tensor);
    return std::make_unique<Waiting>(table_, started++, tensor);
  }

  std::size_t started = 0;

 private:
  struct Waiting : Sum {
    Waiting(Table& table, std::size_t number, torch::Tensor tensor) : table(table), number(number), tensor(tensor) {}
    void wait() override { tensor.copy_(table.sum(number)); }
    Table& table;
    std::size_t number;
    torch::Tensor tensor;
  };

  int rank_, count_;
  Table& table_;
};

/// y = sum of tanh(w3 tanh(w2 tanh(w1 x))), and a parameter that it does not use.
std::vector<torch::Tensor> parameters() {
  torch::manual_seed(3);
  std::vector<torch::Tensor> all;
  for (int n = 0; n < 4; ++n) all.push_back(torch::randn({8, 8}).requires_grad_());
  return all;
}

torch::Tensor loss(const std::vector<torch::Tensor>& w, const torch::Tensor& x) {
  return w[2].mm(w[1].mm(w[0].mm(x).tanh()).tanh()).tanh().mean();
}

torch::Tensor data(int rank) { return torch::arange(16.).view({8, 2}) / (10 + rank); }

constexpr std::size_t kOneParameter = 8 * 8 * sizeof(float);

TEST(SharedGradient, IsTheMeanOfAll) {
  const auto alone = parameters();
  ((loss(alone, data(0)) + loss(alone, data(1))) / 2).backward();

  Table table(2);
  std::vector<std::vector<torch::Tensor>> all(2);
  const auto run = [&](int rank) {
    ThreadPeers peers(rank, 2, table);
    auto& mine = all[static_cast<std::size_t>(rank)];
    SharedGradient shared(mine, peers, kOneParameter);
    EXPECT_EQ(shared.bucket_count(), 4U);
    loss(mine, data(rank)).backward();
    shared.finish();
    EXPECT_EQ(peers.started, 4U);
  };
  for (auto& mine : all) mine = parameters();
  std::thread other(run, 1);
  run(0);
  other.join();
  for (const auto& mine : all) {
    for (std::size_t n = 0; n < 3; ++n) EXPECT_TRUE(torch::allclose(mine[n].grad(), alone[n].grad(), 1e-5, 1e-7)) << n;
    EXPECT_FALSE(mine[3].grad().defined()) << "a gradient for what no process used";
  }
}

/// Without the unused parameter in front of them, buckets go as their gradients come.
TEST(SharedGradient, StartsSumsBeforeTheBackwardPassEnds) {
  Table table(1);
  ThreadPeers peers(0, 1, table);
  auto mine = parameters();
  mine.pop_back();
  SharedGradient shared(mine, peers, kOneParameter);
  std::vector<std::size_t> started;
  mine[0].register_hook([&](const torch::Tensor&) { started.push_back(peers.started); });
  loss(mine, data(0)).backward();
  ASSERT_EQ(started.size(), 1U);
  EXPECT_EQ(started[0], 2U) << "the last two layers were on their way before the first had its gradient";
  shared.finish();
}

TEST(SharedGradient, WorksStepAfterStepAndLetsGo) {
  Table table(1);
  ThreadPeers peers(0, 1, table);
  auto mine = parameters();
  {
    SharedGradient shared(mine, peers);
    for (int step = 0; step < 3; ++step) {
      for (auto& p : mine)
        if (p.grad().defined()) p.mutable_grad().zero_();
      loss(mine, data(step)).backward();
      shared.finish();
    }
    EXPECT_EQ(peers.started, 3 * shared.bucket_count());
  }
  loss(mine, data(0)).backward();
  EXPECT_EQ(peers.started, 3U) << "a hook outlived its owner";
}

}  // namespace
}  // namespace voxprior
