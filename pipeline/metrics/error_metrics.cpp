#include "pipeline/metrics/error_metrics.h"

#include <cmath>

#include "base/error.h"

namespace voxprior {

ErrorMetrics error_metrics(const float* reference, const float* test, std::size_t n, double peak,
                           const std::uint8_t* mask) {
  if (!(peak > 0)) fail(ExitCode::input, "the data range must be positive, got ", peak);
  double squared_error = 0, squared_reference = 0;
  std::int64_t voxels = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (mask && !mask[i]) continue;
    const double r = reference[i], e = test[i] - r;
    squared_error += e * e;
    squared_reference += r * r;
    ++voxels;
  }
  if (voxels == 0) fail(ExitCode::input, "the mask holds no voxel: nothing to compare");
  const double rmse = std::sqrt(squared_error / static_cast<double>(voxels));
  return {20 * std::log10(peak / rmse), rmse, std::sqrt(squared_error / squared_reference), peak, voxels};
}

}  // namespace voxprior
