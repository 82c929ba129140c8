#include "pipeline/intensity/otsu.h"

#include <algorithm>
#include <array>

#include "pipeline/intensity/percentile.h"

namespace voxprior {
namespace {

constexpr std::size_t kBins = 1024;

/// The last bin of the darker class; where empty bins lie between the classes, in the middle of them.
std::size_t otsu_bin(const std::array<double, kBins>& histogram) {
  double total = 0, total_sum = 0;
  for (std::size_t b = 0; b < kBins; ++b) {
    total += histogram[b];
    total_sum += histogram[b] * static_cast<double>(b);
  }
  double below = 0, below_sum = 0, best = -1;
  std::size_t first_best = 0, last_best = 0;
  for (std::size_t b = 0; b + 1 < kBins; ++b) {
    below += histogram[b];
    below_sum += histogram[b] * static_cast<double>(b);
    if (below == 0 || below == total) continue;
    const double gap = below_sum / below - (total_sum - below_sum) / (total - below);
    const double between = below * (total - below) * gap * gap;
    if (between > best) best = between, first_best = b;
    if (between == best) last_best = b;
  }
  return (first_best + last_best) / 2;
}

}  // namespace

double otsu_threshold(const float* values, std::size_t n) {
  const double bottom = *std::min_element(values, values + n);
  const double top = percentile(values, n, 99.9);  // a few bright voxels must not coarsen the histogram
  if (top <= bottom) return bottom;
  const double bins_per_unit = kBins / (top - bottom);
  std::array<double, kBins> histogram{};
  for (std::size_t i = 0; i < n; ++i)
    ++histogram[std::min(kBins - 1, static_cast<std::size_t>((values[i] - bottom) * bins_per_unit))];
  return bottom + static_cast<double>(otsu_bin(histogram) + 1) / bins_per_unit;
}

}  // namespace voxprior
