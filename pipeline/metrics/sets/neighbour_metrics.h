#pragma once

#include "pipeline/metrics/sets/tables.h"

namespace voxprior {

/// What neighbourhoods say of two sets. The ball of a sample reaches to its k-th nearest neighbour in its own set.
struct NeighbourMetrics {
  double precision = 0;  ///< share of synthetic samples in the ball of some real one: do they look real?
  double recall = 0;     ///< share of real samples in the ball of some synthetic one: is everything made?
  double density = 0;    ///< real balls around a synthetic sample, per k: 1 for equal distributions, above 1 possible
  double coverage = 0;   ///< share of real balls that hold a synthetic sample
};

/// k: 5 unless there is a reason. Both sets need more than k samples. A sample on the edge of a ball is outside.
/// For equal continuous distributions and n samples on both sides, density is 1 on average and coverage
/// 1 - prod_{i=1..k} (n - i) / (2 n - i), which tends to 1 - 1/2^k.
/// Kynkaanniemi et al., Improved precision and recall metric. NeurIPS 2019. Naeem et al., Reliable fidelity and
/// diversity metrics (density, coverage). ICML 2020.
NeighbourMetrics neighbour_metrics(const PairTable& squared_distances, const Samples& real, const Samples& synthetic,
                                   std::size_t k = 5);

}  // namespace voxprior
