#include "pipeline/metrics/sets/over_seeds.h"

#include <algorithm>

#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::size_t kDraws = 2000;
constexpr double kIntervalInDeviations = 2 * 1.959964;  // of a 95 % interval

}  // namespace

Estimate over_seeds(const std::vector<Estimate>& runs, std::uint64_t seed) {
  Random random(seed);
  const auto n = static_cast<double>(runs.size());
  double low = runs[0].low, high = runs[0].high;
  for (const Estimate& run : runs) {
    low = std::min(low, run.low);
    high = std::max(high, run.high);
  }
  std::vector<double> draws;
  for (std::size_t d = 0; d < kDraws; ++d) {
    double sum = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const Estimate& run = runs[random.below(runs.size())];
      sum += std::clamp(run.mean + random.normal() * (run.high - run.low) / kIntervalInDeviations, low, high);
    }
    draws.push_back(sum / n);
  }
  Estimate all = estimate_of(draws);
  all.mean = 0;
  for (const Estimate& run : runs) all.mean += run.mean / n;
  return all;
}

}  // namespace voxprior
