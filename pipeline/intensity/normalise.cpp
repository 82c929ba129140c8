#include "pipeline/intensity/normalise.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace voxprior {
namespace {

constexpr std::size_t kBins = 1024;

/// Otsu's threshold: the cut of a histogram that leaves the two classes the farthest apart. Returns the last bin of the
/// lower class. Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
std::size_t otsu_bin(const std::vector<std::int64_t>& histogram) {
  double total = 0, total_sum = 0;
  for (std::size_t b = 0; b < histogram.size(); ++b) {
    total += static_cast<double>(histogram[b]);
    total_sum += static_cast<double>(histogram[b]) * static_cast<double>(b);
  }
  double below = 0, below_sum = 0, best = -1;
  std::size_t best_bin = 0;
  for (std::size_t b = 0; b + 1 < histogram.size(); ++b) {
    below += static_cast<double>(histogram[b]);
    below_sum += static_cast<double>(histogram[b]) * static_cast<double>(b);
    if (below == 0 || below == total) continue;
    const double gap = below_sum / below - (total_sum - below_sum) / (total - below);
    const double between = below * (total - below) * gap * gap;
    if (between > best) best = between, best_bin = b;
  }
  return best_bin;
}

}  // namespace

double percentile(const float* values, std::size_t n, double percent) {
  std::vector<float> copy(values, values + n);
  const double position = percent / 100 * static_cast<double>(n - 1);
  const auto at = copy.begin() + static_cast<std::ptrdiff_t>(position);
  std::nth_element(copy.begin(), at, copy.end());
  const double fraction = position - std::floor(position);
  if (fraction == 0) return *at;
  return *at + fraction * (*std::min_element(at + 1, copy.end()) - *at);
}

double foreground_scale(const float* voxels, std::size_t n) {
  std::vector<float> positive;
  std::copy_if(voxels, voxels + n, std::back_inserter(positive), [](float v) { return v > 0; });
  if (positive.empty()) return 0;
  // A few bright vessels or spikes must not coarsen the histogram.
  const double top = percentile(positive.data(), positive.size(), 99.9);
  std::vector<std::int64_t> histogram(kBins);
  for (const float v : positive)
    ++histogram[std::min(kBins - 1, static_cast<std::size_t>(static_cast<double>(v) / top * kBins))];
  const double threshold = static_cast<double>(otsu_bin(histogram) + 1) / kBins * top;
  std::vector<float> foreground;
  std::copy_if(positive.begin(), positive.end(), std::back_inserter(foreground),
               [threshold](float v) { return v >= threshold; });
  if (foreground.empty()) return percentile(positive.data(), positive.size(), 99.5);
  return percentile(foreground.data(), foreground.size(), 99.5);
}

}  // namespace voxprior
