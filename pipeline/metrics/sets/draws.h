#pragma once

#include <cstdint>

#include "pipeline/metrics/sets/tables.h"

namespace voxprior {

/// 0 .. n-1 in random order, the same for the same seed and stream.
Samples shuffled(std::size_t n, std::uint64_t seed, std::uint64_t stream);

/// What a number is, and what it varies by.
struct Estimate {
  double mean = 0;           ///< over the draws
  double low = 0, high = 0;  ///< 2.5th and 97.5th percentile of the draws
};

/// No draw may be NaN; at least one is needed.
Estimate estimate_of(const std::vector<double>& draws);

/// Each number's mean over some estimates, at least one. Equal ones give what they are to the last bit, so that a mean
/// of floors never lies beyond them.
Estimate mean_of(const std::vector<Estimate>& all);

}  // namespace voxprior
