#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/dicom/pixels/image_description.h"

// Includes DCMTK: for .cpp files of io/dicom alone.

namespace voxprior {

/// The compressed bytes of one frame, its fragments joined (PS3.5 A.4). Which fragments are its own is told by their
/// number (one a frame, as it must be with an extended offset table), by the basic offset table, or by the start
/// markers of the codestreams, in this order. No other frame is read but for markers. Throws Error(ExitCode::input).
std::vector<std::uint8_t> compressed_frame(DcmFileFormat& file, const ImageDescription& image, std::int64_t frame,
                                           const std::filesystem::path& path);

}  // namespace voxprior
