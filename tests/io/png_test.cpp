#include "io/png.h"

#include <gmock/gmock.h>
#include <png.h>

#include <vector>

#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

std::vector<std::uint8_t> counted(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t n = 0; n < count; ++n) bytes[n] = static_cast<std::uint8_t>(n * 37);
  return bytes;
}

std::vector<std::uint8_t> decoded(const std::filesystem::path& path, png_uint_32 format, int width, int height) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_file(&image, path.c_str()), 0) << image.message;
  EXPECT_EQ(image.format, format);
  EXPECT_EQ(static_cast<int>(image.width), width);
  EXPECT_EQ(static_cast<int>(image.height), height);
  std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
  EXPECT_NE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr), 0) << image.message;
  return pixels;
}

TEST(Png, HoldsTheGreyPixelsRowAfterRow) {
  const test::ScratchFolder scratch;
  const auto pixels = counted(7 * 5);
  write_png(scratch / "a.png", 7, 5, 1, pixels.data(), Overwrite::no);
  EXPECT_EQ(decoded(scratch / "a.png", PNG_FORMAT_GRAY, 7, 5), pixels);
}

TEST(Png, HoldsTheColourPixelsRowAfterRow) {
  const test::ScratchFolder scratch;
  const auto pixels = counted(7 * 5 * 3);
  write_png(scratch / "a.png", 7, 5, 3, pixels.data(), Overwrite::no);
  EXPECT_EQ(decoded(scratch / "a.png", PNG_FORMAT_RGB, 7, 5), pixels);
}

TEST(Png, PaletteGivesEachPixelTheColourOfItsNumber) {
  const test::ScratchFolder scratch;
  const auto pixels = counted(7 * 5);
  Palette palette{};
  for (std::size_t i = 0; i < palette.size(); ++i) palette[i] = static_cast<std::uint8_t>(i * 11 + i / 256);
  std::vector<std::uint8_t> colours;
  for (const std::uint8_t p : pixels) colours.insert(colours.end(), &palette[3 * p], &palette[3 * p] + 3);

  const std::string bytes = png_bytes(7, 5, palette, pixels.data());
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_NE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()), 0) << image.message;
  EXPECT_EQ(image.format & PNG_FORMAT_FLAG_COLORMAP, PNG_FORMAT_FLAG_COLORMAP) << "one byte a pixel";
  image.format = PNG_FORMAT_RGB;
  std::vector<std::uint8_t> decoded_colours(PNG_IMAGE_SIZE(image));
  ASSERT_NE(png_image_finish_read(&image, nullptr, decoded_colours.data(), 0, nullptr), 0) << image.message;
  EXPECT_EQ(decoded_colours, colours);
}

TEST(Png, RefusesToReplaceAndNonsense) {
  const test::ScratchFolder scratch;
  const auto pixels = counted(4);
  write_png(scratch / "a.png", 2, 2, 1, pixels.data(), Overwrite::no);
  EXPECT_THAT(
      test::refusal(ExitCode::output, [&] { write_png(scratch / "a.png", 2, 2, 1, pixels.data(), Overwrite::no); }),
      testing::HasSubstr("exists"));
  EXPECT_THAT(
      test::refusal(ExitCode::bug, [&] { write_png(scratch / "b.png", 2, 2, 2, pixels.data(), Overwrite::no); }),
      testing::HasSubstr("2 channels"));
  EXPECT_THAT(
      test::refusal(ExitCode::bug, [&] { write_png(scratch / "b.png", 0, 2, 1, pixels.data(), Overwrite::no); }),
      testing::HasSubstr("0 x 2 pixels"));
}

}  // namespace
}  // namespace voxprior
