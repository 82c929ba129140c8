#pragma once

#include <cstddef>

#include "pipeline/intensity/percentile.h"

namespace voxprior {

/// The unit of normalised MRI intensity, in the unit of the voxels: the 99.5th percentile of the foreground, which is
/// what is brighter than a tenth of that unit (and than twice the noise). Noise widens the bright end of a histogram,
/// by 20 % of the unit when it is 15 %; so the noise is judged from fourth differences along rows and taken out of the
/// histogram by deconvolution first; what is left of the widening is 1 % at 5 % noise, 1 to 5 % at 9 %, 4 to 11 % at
/// 15 %. On a clean skull-stripped volume this is the 99.5th percentile of the non-zero
/// voxels. Negative voxels do not count; 0 when no voxel is above 0. O(n). Rows are runs of consecutive voxels.
double foreground_scale(const float* voxels, std::size_t n);

/// Intensities in and out of the unit that algorithms work in: normalised = (value - offset) / scale.
struct IntensityMap {
  double offset = 0;
  double scale = 1;  ///< > 0; a noise level is divided by it and never shifted

  float forward(float value) const { return static_cast<float>((value - offset) / scale); }
  float inverse(float normalised) const { return static_cast<float>(normalised * scale + offset); }
};

/// MR has no unit of its own: 0 stays 0, and 1 is foreground_scale (0 when no voxel is above 0).
inline IntensityMap mr_intensity_map(const float* voxels, std::size_t n) { return {0, foreground_scale(voxels, n)}; }

/// CT has a fixed unit: air (-1000 HU) is 0, water (0 HU) is 1.
inline IntensityMap ct_intensity_map() { return {-1000, 1000}; }

}  // namespace voxprior
