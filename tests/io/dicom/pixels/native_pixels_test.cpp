#include "io/dicom/pixels/native_pixels.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "base/sha256.h"
#include "io/dicom/dataset.h"
#include "io/dicom/pixels/find_native_pixels.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kFiles = fs::path(VOXPRIOR_TESTDATA) / "dicom/pydicom";

std::shared_ptr<const NativePixels> pixels_of(const fs::path& path) {
  return find_native_pixels(check_and_load_dicom(path, PixelLoading::skip), path);
}

std::string sha256_of_values(const fs::path& path, const NativePixels& pixels) {
  Sha256 hash;
  NativeFrames frames(path, pixels);
  for (std::int64_t f = 0; f < pixels.frames; ++f) {
    std::size_t next = 0;
    frames.read(f, [&](std::size_t first, const std::int32_t* stored, std::size_t count) {
      EXPECT_EQ(first, next);
      next = first + count;
      hash.update(stored, count * sizeof *stored);
    });
    EXPECT_EQ(next, pixels.pixels());
  }
  return hash.hex();
}

// pixels.sha256 was made with other decoders (testdata/dicom/make_pixel_references.py).
TEST(NativePixels, ValuesReadFromTheFileAreThoseOfAnotherDecoder) {
  std::ifstream references(kFiles / "pixels.sha256");
  int compared = 0;
  for (std::string sha256, size, name; references >> sha256 >> size >> name;) {
    const auto pixels = pixels_of(kFiles / name);
    if (!pixels) continue;
    EXPECT_EQ(sha256_of_values(kFiles / name, *pixels), sha256) << name;
    ++compared;
  }
  EXPECT_GE(compared, 7);  // 8, 16 and 32 bits, implicit and explicit, with and without file meta information
}

TEST(NativePixels, WhatIsCompressedDeflatedOrBigEndianIsLeftToTheDecoders) {
  for (const char* name : {"MR_small_RLE.dcm", "JPEG2000.dcm", "image_dfl.dcm", "MR_small_bigendian.dcm",
                           "ExplVR_BigEndNoMeta.dcm", "SC_rgb_small_odd.dcm"})
    EXPECT_EQ(pixels_of(kFiles / name), nullptr) << name;
}

class ChangedFile : public testing::Test {
 protected:
  ChangedFile() {
    fs::copy_file(kFiles / "CT_small.dcm", path_);
    pixels_ = pixels_of(path_);
  }

  test::ScratchFolder scratch_;
  fs::path path_ = scratch_ / "image.dcm";
  std::shared_ptr<const NativePixels> pixels_;
};

TEST_F(ChangedFile, IsRefusedThoughItHasTheSameLength) {
  ASSERT_NE(pixels_, nullptr);
  EXPECT_NO_THROW(NativeFrames(path_, *pixels_));
  fs::last_write_time(path_, fs::last_write_time(path_) + std::chrono::milliseconds(1));
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { NativeFrames(path_, *pixels_); }), HasSubstr("has changed since"));
}

TEST_F(ChangedFile, IsRefusedWhenAnotherTookItsName) {
  ASSERT_NE(pixels_, nullptr);
  const auto time = fs::last_write_time(path_);
  fs::copy_file(path_, scratch_ / "other.dcm");
  fs::rename(scratch_ / "other.dcm", path_);
  fs::last_write_time(path_, time);
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { NativeFrames(path_, *pixels_); }), HasSubstr("has changed since"));
}

TEST_F(ChangedFile, IsRefusedWhenItGetsShorterWhileItIsRead) {
  ASSERT_NE(pixels_, nullptr);
  NativeFrames frames(path_, *pixels_);
  fs::resize_file(path_, pixels_->offset + 100);
  EXPECT_THAT(
      test::refusal(ExitCode::input, [&] { frames.read(0, [](std::size_t, const std::int32_t*, std::size_t) {}); }),
      HasSubstr("ends within its pixel data"));
}

}  // namespace
}  // namespace voxprior
