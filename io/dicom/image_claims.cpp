#include "io/dicom/image_claims.h"

#include <charconv>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

std::int64_t required(const fs::path& path, const std::optional<std::uint16_t>& value, const char* keyword) {
  if (!value) fail(ExitCode::input, path, ": has pixel data but no ", keyword, "; export the file again");
  if (*value == 0) fail(ExitCode::input, path, ": ", keyword, " is 0, so there is no image; export the file again");
  return *value;
}

/// rows * columns * frames * samples, refused past the limit before it can overflow.
std::int64_t checked_product(const fs::path& path, std::int64_t plane, std::int64_t frames, std::int64_t samples,
                             std::int64_t max_voxels) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(plane * samples, frames, &product) || product > max_voxels)
    fail(ExitCode::input, path, ": claims ", frames, " frames of ", plane, " pixels, more than the limit of ",
         max_voxels, " voxels; the file is damaged or too large");
  return product;
}

}  // namespace

std::int64_t parse_number_of_frames(const fs::path& path, const std::optional<std::string>& text) {
  if (!text) return 1;
  const std::string blanks(" \0", 2);  // an IS value is padded with blanks; some writers pad with NUL
  const std::size_t first = text->find_first_not_of(blanks);
  if (first == std::string::npos) return 1;  // type 1C: empty is as good as absent
  const std::size_t last = text->find_last_not_of(blanks);
  std::int64_t frames = 0;
  const char *begin = text->data() + first + ((*text)[first] == '+' ? 1 : 0), *end = text->data() + last + 1;
  const auto [stop, error] = std::from_chars(begin, end, frames);
  if (error != std::errc{} || stop != end || frames <= 0)
    fail(ExitCode::input, path, ": NumberOfFrames is no positive number; export the file again");
  return frames;
}

void check_image_claims(const fs::path& path, const ImageClaims& claims, const TransferSyntax& syntax,
                        const DicomLimits& limits) {
  if (!claims.has_pixel_data) return;
  const std::int64_t plane = required(path, claims.rows, "Rows") * required(path, claims.columns, "Columns");
  const std::int64_t samples =
      claims.samples_per_pixel ? required(path, claims.samples_per_pixel, "SamplesPerPixel") : 1;
  const std::int64_t bits = required(path, claims.bits_allocated, "BitsAllocated");
  if (bits > 64) fail(ExitCode::input, path, ": BitsAllocated is ", bits, ", more than DICOM knows");
  const std::int64_t frames = parse_number_of_frames(path, claims.number_of_frames);
  const std::int64_t values = checked_product(path, plane, frames, samples, limits.max_voxels);

  if (syntax.encapsulated) {
    if (claims.fragments < static_cast<std::uint64_t>(frames))
      fail(ExitCode::input, path, ": claims ", frames, " frames but holds ", claims.fragments,
           " pieces of compressed data; the file is cut short or damaged");
    return;
  }
  // Colour may be stored with fewer samples than pixels (YBR_FULL_422), and is refused when it is decoded.
  const std::uint64_t needed = (static_cast<std::uint64_t>(values) * static_cast<std::uint64_t>(bits) + 7) / 8;
  if (samples == 1 && claims.native_bytes < needed)
    fail(ExitCode::input, path, ": the image needs ", needed, " bytes of pixel data, the file holds ",
         claims.native_bytes, "; it is cut short or damaged");
}

}  // namespace voxprior
