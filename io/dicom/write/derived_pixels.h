#pragma once

// Includes DCMTK: for .cpp files of io/dicom alone.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "io/dicom/dataset.h"
#include "io/dicom/series.h"
#include "io/dicom/write/requantise.h"
#include "io/volume.h"

namespace voxprior {

/// Plane number `result` of a volume is to be stored as plane number `source` of a stack is: with its rescale, and with
/// its padding where that lies.
struct PlanePixels {
  std::size_t result = 0, source = 0;
};

/// Stored values, the planes one after the other.
struct DerivedPixels {
  PixelCoding coding;  ///< with the rescale of the last plane
  std::vector<std::int32_t> stored;
  RequantiseCounts counts;
};

/// The pixels of an instance that holds `planes` of `result`; their sources lie all in `file`, loaded with its pixels.
/// Throws Error(ExitCode::input) for damage, and for a file that is not what it was when it was found.
DerivedPixels derived_pixels(DcmFileFormat& file, const DicomStack& stack, const Volume& result,
                             const std::vector<PlanePixels>& planes);

}  // namespace voxprior
