#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace voxprior {

/// Decodes a greyscale frame of RLE Lossless (PS3.5 Annex G): `pixels` cells of `bytes_per_cell` bytes, least
/// significant first. Ours, because DCMTK 3.6.7 reads wherever the offsets of the RLE header point to. Throws
/// Error(ExitCode::input) that names `path` for data that is not exactly such a frame.
std::vector<std::uint8_t> decode_rle(const std::vector<std::uint8_t>& codestream, std::int64_t pixels,
                                     int bytes_per_cell, const std::filesystem::path& path);

}  // namespace voxprior
