#include "io/dicom/pixels/jpeg_header.h"

#include <optional>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::uint8_t kBaseline = 0xc0, kExtended = 0xc1, kProgressive = 0xc2, kLossless = 0xc3, kJpegLs = 0xf7;

struct FrameHeader {
  std::uint8_t marker = 0;
  int precision = 0, lines = 0, samples_per_line = 0, components = 0;
};

int big_endian_16(const std::uint8_t* bytes) { return bytes[0] << 8 | bytes[1]; }

bool is_frame_marker(std::uint8_t marker) {
  const bool table = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;  // DHT, JPG, DAC share the range of SOF
  return (marker >= 0xc0 && marker <= 0xcf && !table) || marker == kJpegLs;
}

/// Walks the marker segments up to the frame header.
std::optional<FrameHeader> find_frame_header(const std::vector<std::uint8_t>& bytes) {
  if (bytes.size() < 2 || bytes[0] != 0xff || bytes[1] != 0xd8) return std::nullopt;
  std::size_t at = 2;
  while (at + 4 <= bytes.size()) {
    if (bytes[at] != 0xff) return std::nullopt;
    const std::uint8_t marker = bytes[at + 1];
    if (marker == 0xff) {  // fill byte
      ++at;
      continue;
    }
    if (is_frame_marker(marker)) {
      if (at + 10 > bytes.size()) return std::nullopt;
      const std::uint8_t* segment = bytes.data() + at + 4;
      return FrameHeader{marker, segment[0], big_endian_16(segment + 1), big_endian_16(segment + 3), segment[5]};
    }
    at += 2 + static_cast<std::size_t>(big_endian_16(bytes.data() + at + 2));
  }
  return std::nullopt;
}

void check_kind(const FrameHeader& header, PixelCodec codec, const fs::path& path) {
  if (header.marker == kProgressive) fail(ExitCode::input, path, ": holds progressive JPEG, which is not supported");
  const bool jpeg = header.marker == kBaseline || header.marker == kExtended || header.marker == kLossless;
  if (codec == PixelCodec::jpeg_ls ? header.marker != kJpegLs : !jpeg)
    fail(ExitCode::input, path, ": its compressed data is not what its transfer syntax says; export the file again");
}

/// A Huffman-coded JPEG spends at least a bit on each block of 64 samples for DC and one for AC. The run mode of
/// JPEG-LS has no such bound; there, what is far beyond any image is refused.
void check_plausible(std::int64_t pixels, std::size_t bytes, PixelCodec codec, const fs::path& path) {
  constexpr std::int64_t kJpegPixelsPerByte = 256, kRunPixelsPerByte = 20000;
  const std::int64_t per_byte = codec == PixelCodec::jpeg ? kJpegPixelsPerByte : kRunPixelsPerByte;
  if (pixels / per_byte > static_cast<std::int64_t>(bytes))
    fail(ExitCode::input, path, ": ", bytes, " bytes of compressed data cannot hold ", pixels,
         " pixels; the file is cut short or damaged");
}

}  // namespace

int check_jpeg_header(const std::vector<std::uint8_t>& codestream, const ImageDescription& image,
                      const fs::path& path) {
  const std::optional<FrameHeader> header = find_frame_header(codestream);
  if (!header) fail(ExitCode::input, path, ": its compressed data has no JPEG frame header; the file is damaged");
  check_kind(*header, image.syntax.codec, path);
  if (header->components != 1)
    fail(ExitCode::input, path, ": its compressed data has ", header->components,
         " colour components, the header says 1");
  if (header->lines != image.rows || header->samples_per_line != image.columns)
    fail(ExitCode::input, path, ": its compressed data is ", header->samples_per_line, " x ", header->lines,
         " pixels, the header says ", image.columns, " x ", image.rows, "; export the file again");
  if (header->precision < 2 || header->precision > 16)
    fail(ExitCode::input, path, ": its compressed data has ", header->precision, " bits a sample; the file is damaged");
  check_plausible(image.pixels(), codestream.size(), image.syntax.codec, path);
  return header->precision;
}

}  // namespace voxprior
