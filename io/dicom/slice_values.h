#pragma once
// Includes DCMTK: for .cpp files of io/dicom only.

#include <cstdint>

#include "io/dicom/pixels/frame_pixels.h"
#include "io/dicom/series.h"

namespace voxprior {

/// What the pixels of a file mean, the same for all of its frames.
struct PixelMeaning {
  bool monochrome1 = false;        ///< low values are bright
  bool has_padding = false;        ///< PixelPaddingValue is given
  std::int64_t padding_first = 0;  ///< stored values from here ...
  std::int64_t padding_last = 0;   ///< ... to here mean "no pixel" (PixelPaddingRangeLimit)
};

PixelMeaning pixel_meaning(DcmItem& dataset, bool is_signed);

/// What was met in a slice.
struct SliceCounts {
  std::int64_t padding = 0;  ///< pixels that are padding
  std::int64_t inexact = 0;  ///< stored values beyond 2^24, rounded to float32
};

/// Writes columns * rows real values to `values`.
SliceCounts convert_slice(const FramePixels& pixels, const PixelMeaning& meaning, const DicomFrame& frame,
                          float* values);

}  // namespace voxprior
