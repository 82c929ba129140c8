#pragma once

#include <cstddef>

#include "pipeline/intensity/percentile.h"

namespace voxprior {

/// The unit of normalised MRI intensity: the 99.5th percentile of the foreground, in the unit of the voxels.
/// The foreground is what lies above Otsu's threshold between background and object; exact zeros never count.
/// Returns 0 when no voxel is above 0.
double foreground_scale(const float* voxels, std::size_t n);

/// Intensities in and out of the unit that algorithms work in: normalised = (value - offset) / scale.
struct IntensityMap {
  double offset = 0;
  double scale = 1;  ///< > 0; a noise level is divided by it and never shifted

  float forward(float value) const { return static_cast<float>((value - offset) / scale); }
  float inverse(float normalised) const { return static_cast<float>(normalised * scale + offset); }
};

/// CT has a fixed unit: air (-1000 HU) is 0, water (0 HU) is 1.
inline IntensityMap ct_intensity_map() { return {-1000, 1000}; }

}  // namespace voxprior
