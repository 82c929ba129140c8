#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

/// One level of the orthonormal Daubechies wavelet with two vanishing moments, every second position along each axis.
/// White noise keeps its standard deviation in every band; smooth anatomy hardly reaches the finest one.
/// Axes shorter than its four taps are left as they are: such a volume is treated slice by slice.
struct WaveletBands {
  std::array<std::int64_t, 3> size{0, 0, 0};    ///< positions along i, j, k, i fastest
  std::array<std::int64_t, 3> stride{1, 1, 1};  ///< voxels per position: 2, or 1 on axes left alone
  std::vector<float> low;                       ///< low-pass along every axis
  std::vector<float> detail;                    ///< high-pass along every transformed axis (HHH)
  std::vector<float> activity;                  ///< mean square of the bands that are high-pass along one axis only
  double low_gain = 1;                          ///< low = low_gain * local mean

  std::int64_t at(std::int64_t i, std::int64_t j, std::int64_t k) const { return (k * size[1] + j) * size[0] + i; }
};

WaveletBands wavelet_bands(const float* voxels, std::array<std::int64_t, 3> size_ijk);

}  // namespace voxprior
