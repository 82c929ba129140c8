#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace voxprior {

/// Where the stored value sits in a pixel cell (PS3.5 section 8.1.1).
struct PixelCell {
  int bytes = 2;  ///< of one cell, least significant first: 1, 2 or 4
  int bits_stored = 16;
  int high_bit = 15;
  bool is_signed = false;
};

/// The stored values of `count` consecutive cells: bits outside BitsStored dropped, the sign extended. Unsigned values
/// beyond 31 bits do not fit and are Error(ExitCode::input) that names `path`.
void unpack_cells(const std::filesystem::path& path, const std::uint8_t* cells, std::size_t count,
                  const PixelCell& cell, std::int32_t* values);

/// The same for all of `cells`.
std::vector<std::int32_t> stored_values(const std::filesystem::path& path, const std::vector<std::uint8_t>& cells,
                                        const PixelCell& cell);

}  // namespace voxprior
