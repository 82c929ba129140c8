#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace voxprior {

/// A decoded greyscale JPEG 2000 image.
struct Jpeg2000Image {
  int precision = 0;                  ///< bits of a sample in the codestream
  bool is_signed = false;             ///< in the codestream; a data set may disagree
  std::vector<std::int32_t> samples;  ///< row-major
};

/// Decodes a JPEG 2000 codestream (ITU-T T.800), bare or in a JP2 file, with OpenJPEG. The size is checked against
/// `columns` x `rows` before anything is allocated for it. Throws Error(ExitCode::input) that names `path`.
Jpeg2000Image decode_jpeg_2000(const std::vector<std::uint8_t>& codestream, std::int64_t columns, std::int64_t rows,
                               const std::filesystem::path& path);

}  // namespace voxprior
