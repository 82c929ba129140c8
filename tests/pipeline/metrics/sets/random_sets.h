#pragma once

#include <numeric>

#include "pipeline/metrics/sets/tables.h"
#include "pipeline/noise/random.h"

namespace voxprior::test {

/// Rows that are drawn independently from N(0, I).
inline FeatureTable normal_rows(std::size_t samples, std::size_t dims, std::uint64_t seed) {
  Random random(seed);
  FeatureTable table{samples, dims, std::vector<double>(samples * dims)};
  for (double& v : table.values) v = random.normal();
  return table;
}

/// begin, begin + 1, ..., end - 1.
inline Samples range(std::size_t begin, std::size_t end) {
  Samples samples(end - begin);
  std::iota(samples.begin(), samples.end(), begin);
  return samples;
}

}  // namespace voxprior::test
