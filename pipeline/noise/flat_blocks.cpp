#include "pipeline/noise/flat_blocks.h"

#include <cmath>
#include <vector>

#include "pipeline/intensity/percentile.h"
#include "pipeline/noise/filtered_scan.h"

namespace voxprior {
namespace {

constexpr std::int64_t kEdge = 5, kHalf = kEdge / 2;
constexpr double kVoxels = kEdge * kEdge * kEdge, kDegrees = kVoxels - 4;  // a plane has four parameters
constexpr double kSumOfSquares = kEdge * kEdge * 2 * (1 + 4);              // of a coordinate -2 .. 2 over the block
constexpr std::size_t kFewBlocks = 100;
constexpr double kFlattest = 10;  // percent
constexpr std::int64_t kSimulated = 80;
constexpr double kFarBelow = -1e30;

struct Grid {
  const float* voxels;
  std::int64_t row, plane;  // steps along j and k
};

/// Standard deviation about the best plane of the block that begins at `corner`; negative if a voxel is too dark.
double deviation_about_plane(const Grid& grid, const float* corner, double threshold) {
  double sum = 0, squares = 0, along_i = 0, along_j = 0, along_k = 0;
  for (std::int64_t k = 0; k < kEdge; ++k)
    for (std::int64_t j = 0; j < kEdge; ++j)
      for (std::int64_t i = 0; i < kEdge; ++i) {
        const double v = corner[k * grid.plane + j * grid.row + i];
        if (v <= threshold) return -1;
        sum += v;
        squares += v * v;
        along_i += v * static_cast<double>(i - kHalf);
        along_j += v * static_cast<double>(j - kHalf);
        along_k += v * static_cast<double>(k - kHalf);
      }
  const double explained =
      sum * sum / kVoxels + (along_i * along_i + along_j * along_j + along_k * along_k) / kSumOfSquares;
  return std::sqrt(std::max(0., squares - explained) / kDegrees);
}

}  // namespace

double flattest_deviation(const float* voxels, const std::array<std::int64_t, 3>& size, double threshold) {
  const Grid grid{voxels, size[0], size[0] * size[1]};
  std::vector<float> deviations;
  for (std::int64_t k = 0; k + kEdge <= size[2]; k += kEdge)
    for (std::int64_t j = 0; j + kEdge <= size[1]; j += kEdge)
      for (std::int64_t i = 0; i + kEdge <= size[0]; i += kEdge) {
        const double found = deviation_about_plane(grid, voxels + k * grid.plane + j * grid.row + i, threshold);
        if (found >= 0) deviations.push_back(static_cast<float>(found));
      }
  return deviations.size() < kFewBlocks ? 0 : percentile(deviations.data(), deviations.size(), kFlattest);
}

double flattest_deviation_of_noise(const KspaceFilter& filter) {
  FilteredScanRequest request;
  request.size = {kSimulated, kSimulated, kSimulated};
  request.filter = filter;
  request.magnitude = false;
  const std::vector<float> nothing(kSimulated * kSimulated * kSimulated);
  const FilteredScan noise = filtered_scan(nothing, std::vector<float>(nothing.size(), 1), request);
  return flattest_deviation(noise.noisy.data(), request.size, kFarBelow);
}

}  // namespace voxprior
