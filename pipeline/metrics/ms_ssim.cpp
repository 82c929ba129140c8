#include "pipeline/metrics/ms_ssim.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "pipeline/metrics/ssim.h"

namespace voxprior {
namespace {

constexpr double kWeights[] = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
constexpr int kMostScales = 5;
constexpr std::int64_t kWindow = 11;
constexpr double kPeak = 1;

}  // namespace

int ms_ssim_scales(const std::array<std::int64_t, 3>& size) {
  std::int64_t shortest = *std::min_element(size.begin(), size.end());
  int scales = 1;
  while (scales < kMostScales && (shortest /= 2) >= kWindow) ++scales;
  return scales;
}

double ms_ssim_3d(const Image& a, const Image& b, int threads) {
  const int scales = ms_ssim_scales(a.size);
  const double weight_sum = std::accumulate(kWeights, kWeights + scales, 0.0);
  Image x = a, y = b;
  double product = 1;
  for (int scale = 0; scale < scales; ++scale) {
    const SsimMeans means = ssim_means_3d(x.voxels.data(), y.voxels.data(), x.size, kPeak, threads);
    const bool coarsest = scale + 1 == scales;
    const double factor = std::max(0.0, coarsest ? means.ssim : means.contrast_structure);
    product *= std::pow(factor, kWeights[scale] / weight_sum);
    if (coarsest) break;
    x = block_means(x, 2);
    y = block_means(y, 2);
  }
  return product;
}

}  // namespace voxprior
