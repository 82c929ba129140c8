#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/dicom/dataset.h"

// Includes DCMTK: for .cpp files of io/dicom alone.

namespace voxprior {

/// The stored values of one frame (PS3.3 C.7.6.3): before rescale, MONOCHROME1 not inverted, padding not replaced.
struct FramePixels {
  std::int64_t columns = 0, rows = 0;
  int bits_stored = 0;
  bool is_signed = false;            ///< PixelRepresentation 1
  std::vector<std::int32_t> stored;  ///< row-major, columns * rows values
};

/// Decodes frame number `frame`, counted from 0, of a file loaded with PixelLoading::load, without decoding the others.
/// One sample per pixel, 8, 16 or 32 bits allocated, in the transfer syntaxes of docs/dicom-transfer-syntaxes.md.
/// One file object serves one thread at a time. Throws Error(ExitCode::input) that names `for_messages` for damage and,
/// by its name, for what is not supported.
FramePixels decode_frame(DcmFileFormat& file, std::int64_t frame, const std::filesystem::path& for_messages);

}  // namespace voxprior
