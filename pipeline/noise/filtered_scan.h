#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/noise/kspace_filter.h"

namespace voxprior {

/// A scan whose k-space is not all there, or weighted: its noise is correlated.
struct FilteredScan {
  std::vector<float> noisy;      ///< what the scanner shows
  std::vector<float> reference;  ///< what it would show without noise, at the same resolution
};

struct FilteredScanRequest {
  std::array<std::int64_t, 3> size{0, 0, 0};  ///< along i, j, k
  KspaceFilter filter;
  bool magnitude = true;         ///< false: the real part, which has Gaussian noise
  int coils = 1;                 ///< complex channels whose root sum of squares is taken; magnitude only
  const float* phase = nullptr;  ///< of the signal, radians, one for each voxel; null: none
  std::uint64_t seed = 0;
  int threads = 0;  ///< 0: every core
};

/// For complex channels c = 1 .. coils with the filter K of k-space, x the clean volume with its phase in the first:
///
///   y_c = K (x_c + sigma n_c / sqrt(gain)),   noisy = sqrt(sum_c |y_c|^2),   reference = |K x_1|
///
/// n_c is white with standard deviation 1 in both parts; gain is noise_gain(): where sigma does not change over the
/// reach of the filter, each part of y_c has noise of standard deviation sigma. The power spectrum of the noise is the
/// square of the filter. Volumes lie in a field of view that is larger where the transform is faster so, and is empty
/// there. sigma holds one number for each voxel. The seed alone decides the noise.
FilteredScan filtered_scan(const std::vector<float>& clean, const std::vector<float>& sigma,
                           const FilteredScanRequest& request);

}  // namespace voxprior
