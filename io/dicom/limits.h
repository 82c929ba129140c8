#pragma once

#include <cstdint>

namespace voxprior {

/// What a DICOM file may demand of us, checked on its bytes before anything is allocated or parsed.
struct DicomLimits {
  std::int64_t max_depth = 64;                      ///< sequences nested in one another
  std::int64_t max_voxels = std::int64_t{1} << 31;  ///< Rows x Columns x NumberOfFrames x SamplesPerPixel
};

}  // namespace voxprior
