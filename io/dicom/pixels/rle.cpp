#include "io/dicom/pixels/rle.h"

#include <algorithm>
#include <cstddef>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kHeaderBytes = 64;    // the number of segments and 15 offsets, 4 bytes each
constexpr std::int64_t kBytesPerByte = 64;  // two bytes make at most 128
constexpr std::uint8_t kNoOperation = 0x80;

[[noreturn]] void damaged(const fs::path& path) {
  fail(ExitCode::input, path, ": its RLE data is damaged; copy or export the file again");
}

std::uint32_t header_entry(const Bytes& codestream, std::size_t index) {
  std::uint32_t value = 0;
  for (std::size_t b = 4; b-- > 0;) value = value << 8 | codestream[4 * index + b];
  return value;
}

/// Decodes one segment, a byte of every cell, into cells[first], cells[first + stride], ... A segment that ends early
/// is damage; what follows its last pixel is padding.
void decode_segment(const std::uint8_t* in, const std::uint8_t* end, Bytes& cells, std::size_t first,
                    std::size_t stride, const fs::path& path) {
  std::size_t at = first;
  while (at < cells.size()) {
    if (end - in < 2) damaged(path);
    const std::uint8_t control = *in++;
    if (control == kNoOperation) continue;
    const bool repeats = control > kNoOperation;
    const std::ptrdiff_t count = repeats ? 257 - control : control + 1;
    if (count > static_cast<std::ptrdiff_t>((cells.size() - at + stride - 1) / stride)) damaged(path);
    if (!repeats && end - in < count) damaged(path);
    for (std::ptrdiff_t i = 0; i < count; ++i, at += stride) cells[at] = repeats ? *in : in[i];
    in += repeats ? 1 : count;
  }
}

}  // namespace

Bytes decode_rle(const Bytes& codestream, std::int64_t pixels, int bytes_per_cell, const fs::path& path) {
  const std::int64_t bytes = pixels * bytes_per_cell;
  if (codestream.size() < kHeaderBytes || bytes / kBytesPerByte > static_cast<std::int64_t>(codestream.size()))
    fail(ExitCode::input, path, ": ", codestream.size(), " bytes of RLE data cannot hold ", bytes,
         " bytes of pixels; the file is cut short or damaged");
  const auto segments = static_cast<std::size_t>(bytes_per_cell);
  if (header_entry(codestream, 0) != segments)
    fail(ExitCode::input, path, ": its RLE data has ", header_entry(codestream, 0),
         " segments, BitsAllocated asks for ", segments, "; export the file again");

  Bytes cells(static_cast<std::size_t>(bytes));
  for (std::size_t s = 0; s < segments; ++s) {
    const std::size_t begin = header_entry(codestream, s + 1);
    const std::size_t end = s + 1 < segments ? header_entry(codestream, s + 2) : codestream.size();
    if (begin < kHeaderBytes || begin >= end || end > codestream.size()) damaged(path);
    const std::size_t byte_of_cell = segments - 1 - s;  // the most significant comes first
    decode_segment(codestream.data() + begin, codestream.data() + end, cells, byte_of_cell, segments, path);
  }
  return cells;
}

}  // namespace voxprior
