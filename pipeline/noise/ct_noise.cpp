#include "pipeline/noise/ct_noise.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "pipeline/noise/nodes.h"

namespace voxprior {
namespace {

constexpr std::int64_t kWindow = 7, kReach = kWindow / 2, kStep = 3;
constexpr double kSoftTissueLow = -50, kSoftTissueHigh = 150, kAboveAir = -950;  // HU
constexpr std::size_t kFewWindows = 20;
constexpr double kBinsPerLog = 20;                      // of the histogram of log(std): 5 % a bin
constexpr double kNodesInPlane = 12, kNodesAcross = 4;  // voxels between them
constexpr std::size_t kFewAroundNode = 60;
constexpr double kEdge = 2.5;        // over the most frequent deviation: from here on a window holds an edge
constexpr double kLeastRatio = 1.4;  // even noise in a simulated body: 1.04 to 1.06; anatomy adds to it

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
        visit(look_through(voxels + (k * size[1] + j) * size[0] + i, size[0]),
              std::array<float, 3>{static_cast<float>(i + kReach), static_cast<float>(j + kReach),
                                   static_cast<float>(k)});
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

/// The standard deviation that a quarter of the windows in the box of 3 x 3 x 3 nodes around each node stay below, of
/// those that hold no edge; NaN where these are few or less than half.
std::vector<double> quietest_quarters(const Nodes& nodes, const std::vector<std::vector<double>>& near, double edge) {
  std::vector<double> found(nodes.size(), std::nan(""));
  for (std::int64_t k = 0; k < nodes.count[2]; ++k)
    for (std::int64_t j = 0; j < nodes.count[1]; ++j)
      for (std::int64_t i = 0; i < nodes.count[0]; ++i) {
        std::vector<double> around;
        for (std::int64_t z = std::max<std::int64_t>(k - 1, 0); z <= std::min(k + 1, nodes.count[2] - 1); ++z)
          for (std::int64_t y = std::max<std::int64_t>(j - 1, 0); y <= std::min(j + 1, nodes.count[1] - 1); ++y)
            for (std::int64_t x = std::max<std::int64_t>(i - 1, 0); x <= std::min(i + 1, nodes.count[0] - 1); ++x) {
              const std::vector<double>& more = near[nodes.at(x, y, z)];
              around.insert(around.end(), more.begin(), more.end());
            }
        const auto edges = std::partition(around.begin(), around.end(), [&](double sd) { return sd < edge; });
        if (2 * (edges - around.begin()) < static_cast<std::ptrdiff_t>(around.size())) continue;
        around.erase(edges, around.end());
        if (around.size() < kFewAroundNode) continue;
        const auto quarter = around.begin() + static_cast<std::ptrdiff_t>(around.size() / 4);
        std::nth_element(around.begin(), quarter, around.end());
        found[nodes.at(i, j, k)] = *quarter;
      }
  return found;
}

double estimate_of(const std::vector<double>& soft_tissue, const std::vector<double>& anything) {
  if (soft_tissue.size() > kFewWindows) return mode(soft_tissue);
  return anything.size() > kFewWindows ? mode(anything) : 0;
}

/// From the windows of soft tissue by the node that they lie nearest to, whose most frequent deviation is given.
LocalNoise spread_of(const Nodes& nodes, const std::vector<std::vector<double>>& near, double most_frequent,
                     const std::array<std::int64_t, 3>& size) {
  std::vector<double> quarters = quietest_quarters(nodes, near, kEdge * most_frequent);
  std::vector<double> of_windows;  // a node counts as often as it has windows
  double seen_nodes = 0, tissue_nodes = 0;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    tissue_nodes += !near[n].empty();
    if (near[n].empty() || std::isnan(quarters[n])) continue;
    ++seen_nodes;
    of_windows.insert(of_windows.end(), near[n].size(), quarters[n]);
  }
  LocalNoise found;
  if (of_windows.empty()) return found;
  std::sort(of_windows.begin(), of_windows.end());
  // The quarter is below sigma by what depends on how correlated the noise is: the mode of all windows tells the scale.
  const double scale = most_frequent / of_windows[of_windows.size() / 2];
  found.seen = true;
  found.confidence = seen_nodes / tissue_nodes;
  found.low = scale * of_windows[of_windows.size() / 20];
  found.high = scale * of_windows[of_windows.size() - 1 - of_windows.size() / 20];
  found.varies = found.ratio() > kLeastRatio;
  // Beyond these are nodes with little tissue among bone, whose edges would pass for noise.
  const auto kept = [&](double quarter) { return std::clamp(scale * quarter, found.low, found.high); };
  double squares = 0;
  for (const double quarter : of_windows) squares += kept(quarter) * kept(quarter);
  found.typical = std::sqrt(squares / static_cast<double>(of_windows.size()));
  for (double& quarter : quarters)
    if (!std::isnan(quarter)) quarter = std::log(kept(quarter));
  found.sigma = sigma_between_nodes(nodes, std::move(quarters), size);
  return found;
}

}  // namespace

CtNoise survey_ct_noise(const float* hounsfield, const std::array<std::int64_t, 3>& size_ijk) {
  const Nodes nodes(size_ijk, {kNodesInPlane, kNodesInPlane, kNodesAcross});
  std::vector<std::vector<double>> near(nodes.size());
  std::vector<double> soft_tissue, anything;
  for_windows(hounsfield, size_ijk, [&](const WindowNoise& window, const std::array<float, 3>& centre) {
    if (window.sd <= 0) return;  // padding, or a constant
    if (window.mean > kAboveAir) anything.push_back(window.sd);
    if (window.mean <= kSoftTissueLow || window.mean >= kSoftTissueHigh) return;
    soft_tissue.push_back(window.sd);
    near[nodes.nearest(centre)].push_back(window.sd);
  });
  CtNoise found{estimate_of(soft_tissue, anything), {}};
  if (soft_tissue.size() > kFewWindows) found.local = spread_of(nodes, near, found.even_sigma, size_ijk);
  return found;
}

}  // namespace voxprior
