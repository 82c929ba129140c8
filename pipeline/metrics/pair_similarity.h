#pragma once

#include "pipeline/metrics/features/image.h"
#include "pipeline/metrics/sets/tables.h"

namespace voxprior {

/// MS-SSIM of some of the pairs of a set: how alike its volumes are among themselves. The volumes are thought of in a
/// ring, and each is compared with the next ones, as many for each as `most_pairs` allows.
class PairSimilarity {
 public:
  /// `images` share a size. The result does not depend on `threads` (0: all).
  PairSimilarity(const std::vector<const Image*>& images, std::size_t most_pairs, int threads);

  /// The mean over the compared pairs of which both volumes are in `set`. Refuses a set without such a pair,
  /// Error(ExitCode::input): more pairs are needed.
  double mean_within(const Samples& set) const;

  std::size_t pairs() const { return pairs_.size(); }

 private:
  struct Pair {
    std::size_t a, b;
    double ms_ssim;
  };
  std::size_t samples_;
  std::vector<Pair> pairs_;
};

}  // namespace voxprior
