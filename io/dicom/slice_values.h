#pragma once
// Includes DCMTK: for .cpp files of io/dicom only.

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <cstddef>
#include <cstdint>

#include "io/dicom/pixel_meaning.h"
#include "io/dicom/series.h"

namespace voxprior {

PixelMeaning pixel_meaning(DcmItem& dataset, bool is_signed);

/// What was met among stored values.
struct SliceCounts {
  std::int64_t padding = 0;  ///< pixels that are padding
  std::int64_t inexact = 0;  ///< stored values beyond 2^24, rounded to float32
};

/// Writes `count` real values to `values`, by the rescale of `frame`. `bits_stored` and `is_signed` say where the
/// middle of the range is that MONOCHROME1 is turned over in. The counts are added to `counts`.
void convert_values(const std::int32_t* stored, std::size_t count, int bits_stored, bool is_signed,
                    const PixelMeaning& meaning, const DicomFrame& frame, float* values, SliceCounts& counts);

}  // namespace voxprior
