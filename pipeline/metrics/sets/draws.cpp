#include "pipeline/metrics/sets/draws.h"

#include <algorithm>
#include <numeric>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Samples shuffled(std::size_t n, std::uint64_t seed, std::uint64_t stream) {
  Samples order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(seed, stream);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

Estimate estimate_of(const std::vector<double>& draws) {
  std::vector<double> sorted = draws;
  std::sort(sorted.begin(), sorted.end());
  const double sum = std::accumulate(sorted.begin(), sorted.end(), 0.0);
  return {sum / static_cast<double>(sorted.size()), quantile(sorted, 0.025), quantile(sorted, 0.975)};
}

Estimate mean_of(const std::vector<Estimate>& all) {
  Estimate mean;
  double n = 0;
  for (const Estimate& e : all) {
    ++n;
    mean.mean += (e.mean - mean.mean) / n;
    mean.low += (e.low - mean.low) / n;
    mean.high += (e.high - mean.high) / n;
  }
  return mean;
}

}  // namespace voxprior
