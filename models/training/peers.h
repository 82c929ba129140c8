#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <utility>

namespace voxprior {

/// The processes that train one network together. Each draws the whole batch of a step and takes its share, so that
/// what is learned does not depend on how many they are.
class Peers {
 public:
  virtual ~Peers() = default;

  virtual int rank() const = 0;   ///< 0 writes the files
  virtual int count() const = 0;  ///< at least 2

  /// A sum on its way.
  class Sum {
   public:
    virtual ~Sum() = default;
    /// Returns when the tensor holds the sum. Throws Error(ExitCode::resumable) when a process was lost.
    virtual void wait() = 0;
  };

  /// Starts to replace `tensor` (contiguous, float32, CPU) by its sum over all processes, each of which must start the
  /// same sums in the same order. The tensor must stay alive until wait() has returned.
  virtual std::unique_ptr<Sum> start_sum(torch::Tensor tensor) = 0;
};

/// The samples [first, second) of a batch of `batch` that belong to a process.
inline std::pair<std::int64_t, std::int64_t> share_of_batch(const Peers& peers, std::int64_t batch) {
  return {batch * peers.rank() / peers.count(), batch * (peers.rank() + 1) / peers.count()};
}

}  // namespace voxprior
