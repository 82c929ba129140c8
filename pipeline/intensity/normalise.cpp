#include "pipeline/intensity/normalise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

#include "pipeline/intensity/otsu.h"

namespace voxprior {
namespace {

constexpr std::size_t kBins = 400;
constexpr int kIterations = 100;
constexpr double kPercent = 99.5;
constexpr double kDarkest = 0.1;       // of the scale: fluid and bone are darker than white matter by less than this
constexpr std::size_t kFewRuns = 200;  // fewer differences than this say nothing about the noise

/// Counts over equal bins from 0; the last bin holds all that is brighter.
struct Histogram {
  double bin_width;
  std::vector<double> counts;
};

Histogram histogram_of(const std::vector<float>& positive, double top) {
  Histogram histogram{top / kBins, std::vector<double>(kBins)};
  for (const float v : positive)
    ++histogram.counts[std::min(kBins - 1, static_cast<std::size_t>(v / histogram.bin_width))];
  return histogram;
}

/// Noise inside the bright part, from the median of fourth differences of five neighbours: 70 is the sum of the squares
/// of 1, -4, 6, -4, 1. Anatomy adds to it, most in coarse grids; the deconvolution does not mind a little too much.
double noise_along_rows(const float* voxels, std::size_t n, double threshold) {
  std::vector<float> differences;
  std::size_t bright = 0;  // length of the bright run that ends here
  for (std::size_t i = 0; i < n; ++i) {
    bright = voxels[i] > threshold ? bright + 1 : 0;
    if (bright < 5) continue;
    const float* v = voxels + i;
    differences.push_back(std::fabs(v[0] + v[-4] - 4 * (v[-1] + v[-3]) + 6 * v[-2]));
  }
  if (differences.size() < kFewRuns) return 0;
  return percentile(differences.data(), differences.size(), 50) / 0.6745 / std::sqrt(70.0);
}

/// Gaussian weights at whole bins up to four standard deviations, normalised.
std::vector<double> gaussian_kernel(double sd_in_bins) {
  std::vector<double> kernel;
  double sum = 0;
  const int reach = static_cast<int>(std::ceil(4 * sd_in_bins));
  for (int d = -reach; d <= reach; ++d) {
    kernel.push_back(std::exp(-d * d / (2 * sd_in_bins * sd_in_bins)));
    sum += kernel.back();
  }
  for (double& weight : kernel) weight /= sum;
  return kernel;
}

std::vector<double> convolve(const std::vector<double>& counts, const std::vector<double>& kernel) {
  const int reach = static_cast<int>(kernel.size() / 2), size = static_cast<int>(counts.size());
  std::vector<double> out(counts.size());
  for (int b = 0; b < size; ++b)
    for (int s = std::max(0, b - reach); s <= std::min(size - 1, b + reach); ++s)
      out[b] += counts[s] * kernel[s - b + reach];
  return out;
}

/// Richardson-Lucy: the histogram which, widened by the noise, gives the one seen. Counts stay positive.
void remove_noise(Histogram& histogram, double sigma) {
  if (sigma < histogram.bin_width) return;
  const std::vector<double> kernel = gaussian_kernel(sigma / histogram.bin_width), seen = histogram.counts;
  for (int i = 0; i < kIterations; ++i) {
    std::vector<double> ratio = convolve(histogram.counts, kernel);
    for (std::size_t b = 0; b < kBins; ++b) ratio[b] = seen[b] / std::max(ratio[b], 1e-9);
    const std::vector<double> correction = convolve(ratio, kernel);
    for (std::size_t b = 0; b < kBins; ++b) histogram.counts[b] *= correction[b];
  }
}

/// The value below which `percent` of the counts above `threshold` lie, linear within a bin.
double percentile_above(const Histogram& histogram, double threshold, double percent) {
  const auto first = std::min(kBins - 1, static_cast<std::size_t>(threshold / histogram.bin_width));
  double above = 0;
  for (std::size_t b = first; b < kBins; ++b) above += histogram.counts[b];
  double wanted = above * (1 - percent / 100);  // counted from the bright end
  for (std::size_t b = kBins; b-- > first;) {
    if (wanted <= histogram.counts[b] && histogram.counts[b] > 0)
      return (static_cast<double>(b + 1) - wanted / histogram.counts[b]) * histogram.bin_width;
    wanted -= histogram.counts[b];
  }
  return threshold;
}

}  // namespace

double foreground_scale(const float* voxels, std::size_t n) {
  std::vector<float> positive;
  std::copy_if(voxels, voxels + n, std::back_inserter(positive), [](float v) { return v > 0; });
  if (positive.empty()) return 0;
  const double sigma = noise_along_rows(voxels, n, otsu_threshold(positive.data(), positive.size()));
  // Beyond 1.3 times the 99.9th percentile there is nothing that the 99.5th could depend on.
  Histogram histogram = histogram_of(positive, 1.3 * percentile(positive.data(), positive.size(), 99.9));
  remove_noise(histogram, sigma);
  double scale = percentile_above(histogram, 0, kPercent);
  for (int i = 0; i < 5; ++i) scale = percentile_above(histogram, std::max(kDarkest * scale, 2 * sigma), kPercent);
  return scale;
}

}  // namespace voxprior
