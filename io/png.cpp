#include "io/png.h"

#include <png.h>

#include "base/error.h"

namespace voxprior {
namespace {

/// `colours` holds as many entries as `image` says, or is null.
std::string encoded(png_image& image, const std::uint8_t* pixels, const std::uint8_t* colours) {
  image.version = PNG_IMAGE_VERSION;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  constexpr int keep_8_bits = 0, packed_rows = 0;
  if (png_image_write_to_memory(&image, bytes.data(), &size, keep_8_bits, pixels, packed_rows, colours) == 0) {
    fail(ExitCode::output, "a picture cannot be encoded as PNG: ", image.message);
  }
  bytes.resize(size);
  return bytes;
}

png_image image_of(int width, int height, png_uint_32 format) {
  if (width < 1 || height < 1) fail(ExitCode::bug, "cannot make a PNG of ", width, " x ", height, " pixels");
  png_image image{};
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = format;
  return image;
}

}  // namespace

std::string png_bytes(int width, int height, int channels, const std::uint8_t* pixels) {
  if (channels != 1 && channels != 3) fail(ExitCode::bug, "cannot make a PNG of ", channels, " channels");
  png_image image = image_of(width, height, channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB);
  return encoded(image, pixels, nullptr);
}

std::string png_bytes(int width, int height, const Palette& palette, const std::uint8_t* pixels) {
  png_image image = image_of(width, height, PNG_FORMAT_RGB_COLORMAP);
  image.colormap_entries = 256;
  return encoded(image, pixels, palette.data());
}

void write_png(const std::filesystem::path& path, int width, int height, int channels, const std::uint8_t* pixels,
               Overwrite overwrite) {
  // In memory first, so that AtomicFile alone writes files.
  write_file(path, png_bytes(width, height, channels, pixels), overwrite);
}

}  // namespace voxprior
