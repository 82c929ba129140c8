#include "io/png.h"

#include <png.h>

#include <vector>

#include "base/error.h"

namespace voxprior {

void write_png(const std::filesystem::path& path, int width, int height, int channels, const std::uint8_t* pixels,
               Overwrite overwrite) {
  if (width < 1 || height < 1 || (channels != 1 && channels != 3)) {
    fail(ExitCode::bug, path, ": cannot make a PNG of ", width, " x ", height, " pixels and ", channels, " channels");
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;

  // In memory first, so that AtomicFile alone writes files.
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::vector<char> bytes(size);
  constexpr int keep_8_bits = 0, packed_rows = 0;
  if (png_image_write_to_memory(&image, bytes.data(), &size, keep_8_bits, pixels, packed_rows, nullptr) == 0) {
    fail(ExitCode::output, path, ": cannot be encoded as PNG: ", image.message);
  }
  write_file(path, {bytes.data(), size}, overwrite);
}

}  // namespace voxprior
