#include "io/dicom/pixels/stored_values.h"

#include <limits>

#include "base/error.h"

namespace voxprior {
namespace {

template <int kBytes>
std::vector<std::int32_t> unpack(const std::filesystem::path& path, const std::vector<std::uint8_t>& cells,
                                 const PixelCell& cell) {
  const int shift = cell.high_bit + 1 - cell.bits_stored;
  const std::uint64_t mask = (std::uint64_t{1} << cell.bits_stored) - 1;
  const std::int64_t sign = cell.is_signed ? std::int64_t{1} << (cell.bits_stored - 1) : 0;
  std::vector<std::int32_t> values(cells.size() / kBytes);
  std::int64_t largest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t raw = 0;
    for (int b = 0; b < kBytes; ++b) raw |= std::uint64_t{cells[i * kBytes + static_cast<std::size_t>(b)]} << (8 * b);
    const auto bits = static_cast<std::int64_t>((raw >> shift) & mask);
    const std::int64_t value = (bits ^ sign) - sign;
    largest = value > largest ? value : largest;
    values[i] = static_cast<std::int32_t>(value);
  }
  if (largest > std::numeric_limits<std::int32_t>::max())
    fail(ExitCode::input, path, ": stored values reach ", largest, "; values beyond 31 bits are not supported");
  return values;
}

}  // namespace

std::vector<std::int32_t> stored_values(const std::filesystem::path& path, const std::vector<std::uint8_t>& cells,
                                        const PixelCell& cell) {
  if (cell.bytes == 1) return unpack<1>(path, cells, cell);
  return cell.bytes == 2 ? unpack<2>(path, cells, cell) : unpack<4>(path, cells, cell);
}

}  // namespace voxprior
