#include "pipeline/noise/ct_noise.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace voxprior {
namespace {

constexpr std::int64_t kWindow = 7, kReach = kWindow / 2, kStep = 3;
constexpr double kSoftTissueLow = -50, kSoftTissueHigh = 150, kAboveAir = -950;  // HU
constexpr std::size_t kFewWindows = 20;
constexpr double kBinsPerLog = 20;  // of the histogram of log(std): 5 % a bin

struct WindowNoise {
  double mean = 0;
  double sd = 0;  ///< about the plane a + b i + c j
};

/// One window of a slice. The offsets -3 .. 3 are orthogonal to a constant, so the plane's slopes are simple sums.
WindowNoise look_through(const float* corner, std::int64_t row) {
  double sum = 0, squares = 0, along_i = 0, along_j = 0;
  for (std::int64_t j = 0; j < kWindow; ++j)
    for (std::int64_t i = 0; i < kWindow; ++i) {
      const double value = corner[j * row + i];
      sum += value;
      squares += value * value;
      along_i += value * static_cast<double>(i - kReach);
      along_j += value * static_cast<double>(j - kReach);
    }
  constexpr double kCount = kWindow * kWindow, kSlopeNorm = kWindow * 28;  // 28 = sum of n^2 for n = -3 .. 3
  const double left = squares - sum * sum / kCount - along_i * along_i / kSlopeNorm - along_j * along_j / kSlopeNorm;
  return {sum / kCount, std::sqrt(std::max(0., left) / (kCount - 3))};
}

template <typename Visit>
void for_windows(const float* voxels, const std::array<std::int64_t, 3>& size, const Visit& visit) {
  for (std::int64_t k = 0; k < size[2]; ++k)
    for (std::int64_t j = 0; j + kWindow <= size[1]; j += kStep)
      for (std::int64_t i = 0; i + kWindow <= size[0]; i += kStep)
        visit(look_through(voxels + (k * size[1] + j) * size[0] + i, size[0]));
}

/// Bins that are equally wide in log(std), smoothed by [1 2 1]: the scale of the noise does not matter to them.
double mode(const std::vector<double>& deviations) {
  const auto [least, greatest] = std::minmax_element(deviations.begin(), deviations.end());
  const double low = std::log(*least);
  std::vector<double> bins(static_cast<std::size_t>((std::log(*greatest) - low) * kBinsPerLog) + 3, 0.);
  for (const double sd : deviations) bins[static_cast<std::size_t>((std::log(sd) - low) * kBinsPerLog) + 1] += 1;
  std::size_t best = 1;
  const auto smooth = [&](std::size_t b) { return bins[b - 1] + 2 * bins[b] + bins[b + 1]; };
  for (std::size_t b = 1; b + 1 < bins.size(); ++b)
    if (smooth(b) > smooth(best)) best = b;
  const double centre = (bins[best + 1] - bins[best - 1]) / smooth(best);  // of mass, in bins
  return std::exp(low + (static_cast<double>(best) - 0.5 + centre) / kBinsPerLog);
}

}  // namespace

double estimate_ct_noise(const float* hounsfield, std::array<std::int64_t, 3> size_ijk) {
  std::vector<double> soft_tissue, anything;
  for_windows(hounsfield, size_ijk, [&](const WindowNoise& window) {
    if (window.sd <= 0) return;  // padding, or a constant
    if (window.mean > kSoftTissueLow && window.mean < kSoftTissueHigh) soft_tissue.push_back(window.sd);
    if (window.mean > kAboveAir) anything.push_back(window.sd);
  });
  if (soft_tissue.size() > kFewWindows) return mode(soft_tissue);
  return anything.size() > kFewWindows ? mode(anything) : 0;
}

}  // namespace voxprior
