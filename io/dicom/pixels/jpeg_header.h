#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/dicom/pixels/image_description.h"

// Includes DCMTK: for .cpp files of io/dicom alone.

namespace voxprior {

/// Reads the frame header of a JPEG or JPEG-LS codestream (ITU-T T.81 B.2.2, T.87 C.2.2) and checks it against the data
/// set before a decoder sees it: kind, size, one component, and a size that the compressed bytes can hold. Returns the
/// precision in bits, 2 to 16. Throws Error(ExitCode::input) that names `path`.
int check_jpeg_header(const std::vector<std::uint8_t>& codestream, const ImageDescription& image,
                      const std::filesystem::path& path);

}  // namespace voxprior
