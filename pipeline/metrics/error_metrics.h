#pragma once

#include <cstddef>
#include <cstdint>

namespace voxprior {

/// What a squared difference says, with the data range and the number of voxels it was taken over.
struct ErrorMetrics {
  double psnr_db = 0;       ///< 20 log10(peak / rmse); infinite for identical volumes
  double rmse = 0;          ///< root mean squared error, in the unit of the voxels
  double nrmse = 0;         ///< rmse / root mean square of the reference on the mask; NaN where that is 0 / 0
  double peak = 0;          ///< the data range used
  std::int64_t voxels = 0;  ///< size of the mask
};

/// Compares n voxels, or those where mask is not 0. Throws Error(ExitCode::input) when the mask is empty or peak <= 0.
ErrorMetrics error_metrics(const float* reference, const float* test, std::size_t n, double peak,
                           const std::uint8_t* mask = nullptr);

inline double psnr(const float* reference, const float* test, std::size_t n, double peak,
                   const std::uint8_t* mask = nullptr) {
  return error_metrics(reference, test, n, peak, mask).psnr_db;
}

}  // namespace voxprior
