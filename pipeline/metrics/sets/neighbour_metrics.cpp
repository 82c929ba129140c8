#include "pipeline/metrics/sets/neighbour_metrics.h"

#include <algorithm>
#include <cassert>

namespace voxprior {
namespace {

/// The squared distance of every sample to its k-th nearest neighbour in its set.
std::vector<double> radii(const PairTable& squared_distances, const Samples& set, std::size_t k) {
  assert(set.size() > k && k >= 1);
  std::vector<double> found;
  for (const std::size_t a : set) {
    std::vector<double> others;
    for (const std::size_t b : set)
      if (b != a) others.push_back(squared_distances(a, b));
    std::nth_element(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(k - 1), others.end());
    found.push_back(others[k - 1]);
  }
  return found;
}

}  // namespace

NeighbourMetrics neighbour_metrics(const PairTable& squared_distances, const Samples& real, const Samples& synthetic,
                                   std::size_t k) {
  const std::vector<double> real_radius = radii(squared_distances, real, k);
  const std::vector<double> synthetic_radius = radii(squared_distances, synthetic, k);
  std::vector<bool> looks_real(synthetic.size()), is_made(real.size()), is_covered(real.size());
  std::size_t balls = 0;
  for (std::size_t r = 0; r < real.size(); ++r)
    for (std::size_t s = 0; s < synthetic.size(); ++s) {
      const double d2 = squared_distances(real[r], synthetic[s]);
      if (d2 < real_radius[r]) {
        ++balls;
        looks_real[s] = is_covered[r] = true;
      }
      if (d2 < synthetic_radius[s]) is_made[r] = true;
    }
  const auto share = [](const std::vector<bool>& flags) {
    return static_cast<double>(std::count(flags.begin(), flags.end(), true)) / static_cast<double>(flags.size());
  };
  return {share(looks_real), share(is_made), static_cast<double>(balls) / static_cast<double>(k * synthetic.size()),
          share(is_covered)};
}

}  // namespace voxprior
