#include "pipeline/intensity/tissue_classes.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr int kIterations = 50;

/// Where classes part: midpoints of neighbouring centres.
std::vector<double> borders_of(const std::vector<double>& centres) {
  std::vector<double> borders;
  for (std::size_t c = 0; c + 1 < centres.size(); ++c) borders.push_back((centres[c] + centres[c + 1]) / 2);
  return borders;
}

/// One iteration on sorted values, where each class is a run of them. An empty class keeps its centre.
std::vector<double> moved_centres(const std::vector<float>& sorted, const std::vector<double>& centres) {
  std::vector<double> moved = centres, borders = borders_of(centres);
  borders.push_back(sorted.back());
  auto from = sorted.begin();
  for (std::size_t c = 0; c < centres.size(); ++c) {
    const auto to =
        c + 1 == centres.size() ? sorted.end() : std::upper_bound(from, sorted.end(), static_cast<float>(borders[c]));
    double sum = 0;
    for (auto v = from; v != to; ++v) sum += *v;
    if (from != to) moved[c] = sum / static_cast<double>(to - from);
    from = to;
  }
  return moved;
}

}  // namespace

std::vector<std::uint8_t> tissue_classes(const float* voxels, std::size_t n, int classes, float foreground) {
  std::vector<float> sorted;
  std::copy_if(voxels, voxels + n, std::back_inserter(sorted), [&](float v) { return v >= foreground; });
  std::vector<std::uint8_t> labels(n);
  if (sorted.empty()) return labels;
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> centres;
  for (int c = 0; c < classes; ++c)
    centres.push_back(
        sorted[(2 * static_cast<std::size_t>(c) + 1) * (sorted.size() - 1) / (2 * static_cast<std::size_t>(classes))]);
  for (int i = 0; i < kIterations; ++i) {
    const std::vector<double> moved = moved_centres(sorted, centres);
    if (moved == centres) break;
    centres = moved;
  }
  const std::vector<double> borders = borders_of(centres);
  for (std::size_t i = 0; i < n; ++i) {
    if (voxels[i] < foreground) continue;
    labels[i] =
        static_cast<std::uint8_t>(1 + (std::lower_bound(borders.begin(), borders.end(), voxels[i]) - borders.begin()));
  }
  return labels;
}

}  // namespace voxprior
