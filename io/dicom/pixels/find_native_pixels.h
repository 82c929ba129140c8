#pragma once

#include <filesystem>
#include <memory>

#include "io/dicom/dataset.h"
#include "io/dicom/pixels/native_pixels.h"

// Includes DCMTK: for .cpp files of io/dicom alone.

namespace voxprior {

/// Where and how the pixels of a file lie, told from its header (PixelLoading::skip will do). Null for pixels that are
/// compressed, deflated or big endian, and for those that decode_frame (frame_pixels.h) refuses and knows to say why.
std::shared_ptr<const NativePixels> find_native_pixels(const CheckedDicom& dicom, const std::filesystem::path& path);

}  // namespace voxprior
