#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/noise/estimate.h"

namespace voxprior {

/// How strong the noise is in each part of a volume.
struct LocalNoise {
  bool seen = false;         ///< false: too few places show noise to tell; the rest is then empty
  std::vector<float> sigma;  ///< of each voxel, smooth, > 0, in the unit of the voxels
  double low = 0, high = 0;  ///< 5th and 95th percentile of the local estimates
  double typical = 0;        ///< root mean square over the object
  double confidence = 0;     ///< share of the places inside the object where enough was seen
  bool varies = false;       ///< high / low is more than chance and anatomy make of even noise

  double ratio() const { return low > 0 ? high / low : 1; }
};

/// The noise of white noise's finest wavelet band (estimate.h) around nodes that are 12 voxels apart: in a cube of 33
/// voxels, of the half of the blocks with the least coarser detail a, the median of (e - beta a) / (1 - beta) with
/// beta = 0.2, what anatomy leaves in the finest band. Rician blocks are corrected for their own mean. Nodes that see
/// too little take the mean of their neighbours; ln(sigma) is smoothed over the nodes and interpolated between them.
/// `kind` is gaussian or rician; blocks of air are used where `air_is_noise`.
LocalNoise local_noise(const float* voxels, const std::array<std::int64_t, 3>& size_ijk, NoiseKind kind,
                       bool air_is_noise);

}  // namespace voxprior
