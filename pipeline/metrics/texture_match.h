#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/metrics/features/image.h"

namespace voxprior {

/// How much a volume looks like its reference in texture and sharpness, whether or not every voxel is right. A
/// posterior mean has a small error and too little of both. All are 0 for equal volumes.
struct TextureMatch {
  double spectrum_db = 0;  ///< root mean square difference of the radial power spectra, spectrum_distance_db()
  double fine_power_db =
      0;                 ///< test over reference, mean over the shells above 0.25 cycles per voxel: below 0 is smoother
  double gradients = 0;  ///< Wasserstein-1 distance of the gradient magnitudes over the mask, over the reference's mean
};

/// Voxels where `mask` is 0 count as 0 in both, so that noise of the background is not taken for texture. Gradients are
/// central differences within the mask. Throws Error(ExitCode::input) for an empty mask or a reference without
/// gradients.
TextureMatch texture_match(const Image& reference, const Image& test, const std::vector<std::uint8_t>& mask);

}  // namespace voxprior
