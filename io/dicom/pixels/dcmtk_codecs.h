#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace voxprior {

/// What DCMTK's decoders have to know of one compressed greyscale frame.
struct CompressedFrame {
  std::string transfer_syntax_uid;
  std::int64_t rows = 0, columns = 0;
  int precision = 0;       ///< bits of a sample in the codestream
  int bytes_per_cell = 0;  ///< of the decoded frame, least significant byte first
};

/// Decodes JPEG or JPEG-LS with DCMTK: rows * columns cells. Throws Error(ExitCode::input) that names `path`.
std::vector<std::uint8_t> decode_with_dcmtk(const std::vector<std::uint8_t>& codestream, const CompressedFrame& frame,
                                            const std::filesystem::path& path);

}  // namespace voxprior
