#include "pipeline/metrics/features/intensity_histogram.h"

#include <algorithm>
#include <cmath>

namespace voxprior {

constexpr double kBinWidth = kHistogramTop / kHistogramBins;

std::vector<double> intensity_distribution(const Image& image) {
  std::vector<double> bins(kHistogramBins);
  double count = 0;
  for (const float v : image.voxels) {
    if (!(v > kForeground)) continue;
    ++bins[static_cast<std::size_t>(std::min(v / kBinWidth, kHistogramBins - 1.0))];
    ++count;
  }
  if (count == 0) return std::vector<double>(kHistogramBins, 1);
  double below = 0;
  for (double& bin : bins) {
    below += bin;
    bin = below / count;
  }
  return bins;
}

double wasserstein_distance(const std::vector<double>& a, const std::vector<double>& b) {
  double area = 0;
  for (std::size_t i = 0; i < a.size(); ++i) area += std::abs(a[i] - b[i]) * kBinWidth;
  return area;
}

}  // namespace voxprior
