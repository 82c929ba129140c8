#include "pipeline/metrics/modes/mode_coverage.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

constexpr std::size_t kFloorDraws = 1000;
constexpr double kRareFrequency = 0.0100001;

using Counts = std::vector<std::size_t>;

struct Numbers {
  double found = 0, rare_found = 0, total_variation = 1, divergence = std::numeric_limits<double>::quiet_NaN();
};

bool has_rare_modes(const ModeDesign& design) {
  const auto [least, most] = std::minmax_element(design.modes.begin(), design.modes.end(),
                                                 [](auto& a, auto& b) { return a.frequency < b.frequency; });
  return least->frequency <= kRareFrequency && most->frequency > kRareFrequency;
}

Numbers numbers_of(const ModeDesign& design, const Counts& counts) {
  const bool rare = has_rare_modes(design);
  const double n = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::size_t{0}));
  Numbers numbers;
  if (n > 0) numbers.total_variation = numbers.divergence = 0;
  for (std::size_t m = 0; m < counts.size(); ++m) {
    const double truth = design.modes[m].frequency;
    if (counts[m] > 0) {
      ++numbers.found;
      if (rare && truth <= kRareFrequency) ++numbers.rare_found;
    }
    if (n == 0) continue;
    const double seen = static_cast<double>(counts[m]) / n;
    numbers.total_variation += std::abs(seen - truth) / 2;
    if (seen > 0) numbers.divergence += seen * std::log(seen / truth);
  }
  return numbers;
}

Counts drawn(const ModeDesign& design, std::size_t volumes, Random& random) {
  std::vector<double> below;
  for (const Mode& mode : design.modes) below.push_back(mode.frequency + (below.empty() ? 0 : below.back()));
  Counts counts(design.modes.size());
  for (std::size_t n = 0; n < volumes; ++n) {
    const auto at = std::upper_bound(below.begin(), below.end() - 1, random.uniform());
    ++counts[static_cast<std::size_t>(at - below.begin())];
  }
  return counts;
}

}  // namespace

std::size_t fewest_for_coverage(const ModeDesign& design) { return design.modes.size(); }

ModeCoverage mode_coverage(const ModeDesign& design, const std::vector<std::optional<std::size_t>>& assigned,
                           std::uint64_t seed) {
  if (assigned.size() < fewest_for_coverage(design))
    fail(ExitCode::input, "counting ", design.modes.size(), " modes needs at least as many volumes, not ",
         assigned.size());
  ModeCoverage coverage;
  coverage.volumes = assigned.size();
  coverage.counts.assign(design.modes.size(), 0);
  for (const auto& mode : assigned) {
    if (mode)
      ++coverage.counts[*mode];
    else
      ++coverage.rejected;
  }
  if (has_rare_modes(design))
    for (const Mode& mode : design.modes) coverage.rare_modes += mode.frequency <= kRareFrequency;

  const Numbers seen = numbers_of(design, coverage.counts);
  std::array<std::vector<double>, 4> perfect;
  Random random(seed);
  for (std::size_t d = 0; d < kFloorDraws; ++d) {
    const Numbers one = numbers_of(design, drawn(design, assigned.size(), random));
    const double all[] = {one.found, one.rare_found, one.total_variation, one.divergence};
    for (std::size_t i = 0; i < perfect.size(); ++i) perfect[i].push_back(all[i]);
  }
  coverage.found = {seen.found, estimate_of(perfect[0])};
  coverage.rare_found = {seen.rare_found, estimate_of(perfect[1])};
  coverage.total_variation = {seen.total_variation, estimate_of(perfect[2])};
  coverage.divergence = {seen.divergence, estimate_of(perfect[3])};
  return coverage;
}

}  // namespace voxprior
