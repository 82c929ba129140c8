#pragma once

#include <vector>

#include "io/dicom/write/requantise.h"

namespace voxprior {

/// How to store the voxels of a volume that comes from no DICOM file in 16 bits: whole numbers that fit as they are
/// (slope 1), others with a slope and an intercept that cover their range, which are exactly what DS can hold. `voxels`
/// must be finite.
PixelCoding research_coding(const std::vector<float>& voxels);

}  // namespace voxprior
