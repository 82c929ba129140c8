#include "io/dicom/pixels/stored_values.h"

#include <cstring>
#include <limits>

#include "base/error.h"

namespace voxprior {
namespace {

template <typename Word>
Word word_at(const std::uint8_t* cells, std::size_t index) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "cells are read as the machine's own words");
  Word word;
  std::memcpy(&word, cells + index * sizeof word, sizeof word);
  return word;
}

/// Cells of one or two bytes: 32-bit arithmetic, which compilers vectorise.
template <typename Word>
void unpack_small(const std::uint8_t* cells, std::size_t count, const PixelCell& cell, std::int32_t* values) {
  const int shift = cell.high_bit + 1 - cell.bits_stored;
  const std::int32_t mask = (std::int32_t{1} << cell.bits_stored) - 1;
  const std::int32_t sign = cell.is_signed ? std::int32_t{1} << (cell.bits_stored - 1) : 0;
  for (std::size_t i = 0; i < count; ++i)
    values[i] = (((std::int32_t{word_at<Word>(cells, i)} >> shift) & mask) ^ sign) - sign;
}

void unpack_large(const std::filesystem::path& path, const std::uint8_t* cells, std::size_t count,
                  const PixelCell& cell, std::int32_t* values) {
  const int shift = cell.high_bit + 1 - cell.bits_stored;
  const std::int64_t mask = (std::int64_t{1} << cell.bits_stored) - 1;
  const std::int64_t sign = cell.is_signed ? std::int64_t{1} << (cell.bits_stored - 1) : 0;
  std::int64_t largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t value = (((std::int64_t{word_at<std::uint32_t>(cells, i)} >> shift) & mask) ^ sign) - sign;
    largest = value > largest ? value : largest;
    values[i] = static_cast<std::int32_t>(value);
  }
  if (largest > std::numeric_limits<std::int32_t>::max())
    fail(ExitCode::input, path, ": stored values reach ", largest, "; values beyond 31 bits are not supported");
}

}  // namespace

void unpack_cells(const std::filesystem::path& path, const std::uint8_t* cells, std::size_t count,
                  const PixelCell& cell, std::int32_t* values) {
  if (cell.bytes == 1) return unpack_small<std::uint8_t>(cells, count, cell, values);
  if (cell.bytes == 2) return unpack_small<std::uint16_t>(cells, count, cell, values);
  unpack_large(path, cells, count, cell, values);
}

std::vector<std::int32_t> stored_values(const std::filesystem::path& path, const std::vector<std::uint8_t>& cells,
                                        const PixelCell& cell) {
  std::vector<std::int32_t> values(cells.size() / static_cast<std::size_t>(cell.bytes));
  unpack_cells(path, cells.data(), values.size(), cell, values.data());
  return values;
}

}  // namespace voxprior
