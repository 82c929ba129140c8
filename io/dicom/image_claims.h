#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "io/dicom/limits.h"
#include "io/dicom/transfer_syntax.h"

namespace voxprior {

/// What the attributes of a data set claim about its pixel data, and what is there (PS3.3 C.7.6.3).
struct ImageClaims {
  std::optional<std::uint16_t> rows, columns, samples_per_pixel, bits_allocated;
  std::optional<std::string> number_of_frames;

  bool has_pixel_data = false;
  bool has_float_pixels = false;    ///< FloatPixelData or DoubleFloatPixelData
  std::uint64_t native_bytes = 0;   ///< length of native pixel data
  std::uint64_t native_offset = 0;  ///< where its value begins in what was walked over
  std::uint64_t fragments = 0;      ///< of encapsulated pixel data, the offset table not counted
};

/// Refuses pixel data that is not described, described as empty, larger than limits.max_voxels, or too short for what
/// is claimed: Error(ExitCode::input) that names `path`. Without pixel data nothing is claimed.
void check_image_claims(const std::filesystem::path& path, const ImageClaims& claims, const TransferSyntax& syntax,
                        const DicomLimits& limits);

/// The number of frames that the text of NumberOfFrames gives; 1 without it. Refuses what is no positive number.
std::int64_t parse_number_of_frames(const std::filesystem::path& path, const std::optional<std::string>& text);

}  // namespace voxprior
