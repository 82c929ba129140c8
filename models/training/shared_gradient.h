#pragma once

#include <torch/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/training/peers.h"

namespace torch::autograd {
struct Node;
}

namespace voxprior {

/// Averages gradients over processes while the backward pass still runs: parameters are put together in buckets, last
/// layers first, and a bucket is sent as soon as its last gradient is there.
///
/// Use: loss.backward(); finish(). Every process must have a gradient for the same parameters.
class SharedGradient {
 public:
  /// Hooks itself to the parameters, which must outlive it.
  SharedGradient(std::vector<torch::Tensor> parameters, Peers& peers, std::size_t bucket_bytes = kBucketBytes);
  ~SharedGradient();
  SharedGradient(const SharedGradient&) = delete;
  SharedGradient& operator=(const SharedGradient&) = delete;

  /// Waits for all sums and puts the means into the gradients. Throws Error(ExitCode::resumable) when a process was
  /// lost; the gradients then mean nothing.
  void finish();

  std::size_t bucket_count() const { return buckets_.size(); }

  static constexpr std::size_t kBucketBytes = std::size_t{1} << 20;

 private:
  struct Bucket {
    std::vector<std::size_t> members;  // numbers of parameters
    std::size_t awaited = 0;           // gradients that are still to come
    torch::Tensor flat;                // [sum of sizes] on the CPU
    std::unique_ptr<Peers::Sum> sum;
  };
  struct Hook;

  void gradient_is_there(std::size_t parameter);
  void send(Bucket& bucket);
  void reset();

  std::vector<torch::Tensor> parameters_;
  Peers& peers_;
  std::vector<Bucket> buckets_;
  std::vector<std::size_t> bucket_of_;  // for each parameter
  std::size_t next_ = 0;                // the first bucket that was not sent: they go in one order everywhere
  std::vector<std::shared_ptr<torch::autograd::Node>> accumulators_;  // hold the hooks, and only we hold them
  std::vector<std::uintptr_t> hooks_;
};

}  // namespace voxprior
