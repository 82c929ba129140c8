#pragma once

#include <cstdint>
#include <filesystem>

#include "io/dicom/dataset.h"
#include "io/dicom/transfer_syntax.h"

// Includes DCMTK: for .cpp files of io/dicom alone.

namespace voxprior {

/// How the pixels of a greyscale image are stored (PS3.3 C.7.6.3, PS3.5 section 8).
struct ImageDescription {
  TransferSyntax syntax;
  std::int64_t rows = 0, columns = 0, frames = 1;
  int bits_allocated = 0;  ///< 8, 16 or 32
  int bits_stored = 0, high_bit = 0;
  bool is_signed = false;

  std::int64_t pixels() const { return rows * columns; }
};

/// Reads and checks the description. Refuses by name what is no greyscale image of integers: colour, palettes,
/// floating-point pixels, bitmaps, transfer syntaxes that nothing here decodes. Throws Error(ExitCode::input).
ImageDescription describe_image(DcmFileFormat& file, const std::filesystem::path& path);

/// The same from a header loaded without its pixel data: whether there is any is not looked at.
ImageDescription describe_pixels(DcmFileFormat& file, const std::filesystem::path& path);

}  // namespace voxprior
