#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/metrics/sets/draws.h"

namespace voxprior {

/// A number measured on several training runs, each with an interval of its own, as one: the mean over the runs, and
/// the 2.5th to 97.5th percentile of 2000 draws in which runs are drawn with replacement (bootstrap) and each value
/// from a normal distribution as wide as its interval (but none beyond all of the intervals: shares stay shares). Few
/// runs make a bootstrap too narrow: three say little of the spread over seeds. There must be one run at least.
Estimate over_seeds(const std::vector<Estimate>& runs, std::uint64_t seed);

}  // namespace voxprior
