#include "io/dicom/pixels/frame_pixels.h"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/error.h"
#include "base/sha256.h"
#include "tests/io/dicom/dicom_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const fs::path kFiles = fs::path(VOXPRIOR_TESTDATA) / "dicom/pydicom";

struct Decoded {
  std::string sha256, size;
};

/// Hash and size as testdata/dicom/make_pixel_references.py writes them.
Decoded decode_all(const fs::path& path) {
  const auto file = load_dicom(path, PixelLoading::load);
  Sint32 frames = 1;
  if (file->getDataset()->tagExists(DCM_NumberOfFrames))
    file->getDataset()->findAndGetSint32(DCM_NumberOfFrames, frames);
  Sha256 hash;
  FramePixels pixels;
  for (Sint32 f = 0; f < frames; ++f) {
    pixels = decode_frame(*file, f, path);
    hash.update(pixels.stored.data(), pixels.stored.size() * sizeof(std::int32_t));
  }
  std::ostringstream size;
  size << pixels.columns << "x" << pixels.rows << "x" << frames;
  return {hash.hex(), size.str()};
}

TEST(FramePixels, ValuesAreThoseOfAnotherDecoderInEveryTransferSyntax) {
  std::ifstream references(kFiles / "pixels.sha256");
  int compared = 0;
  for (std::string sha256, size, name; references >> sha256 >> size >> name; ++compared) {
    const Decoded decoded = decode_all(kFiles / name);
    EXPECT_EQ(decoded.sha256, sha256) << name;
    EXPECT_EQ(decoded.size, size) << name;
  }
  EXPECT_EQ(compared, 25);
}

std::string reason(const fs::path& path) {
  return test::refusal(ExitCode::input, [&] { decode_frame(*load_dicom(path, PixelLoading::load), 0, path); });
}

TEST(FramePixels, WhatIsNoGreyscaleImageOfIntegersIsRefusedByName) {
  EXPECT_THAT(reason(kFiles / "SC_rgb_small_odd.dcm"), HasSubstr("colour image with 3 samples per pixel"));
  EXPECT_THAT(reason(kFiles / "liver_1frame.dcm"), HasSubstr("BitsAllocated is 1"));
  EXPECT_THAT(reason(kFiles / "rtdose_expb_1frame.dcm"), HasSubstr("32-bit pixels in big endian order"));
  EXPECT_THAT(reason(kFiles / "UN_sequence.dcm"), HasSubstr("has no pixel data"));
  EXPECT_THAT(reason(kFiles / "JPEG2000-embedded-sequence-delimiter.dcm"), HasSubstr("JPEG 2000 data is damaged"));
}

class MadeImage : public testing::Test {
 protected:
  fs::path put(const test::ImageBytes& image, const std::string& pixels, const std::string& vr = "OW") {
    test::put_bytes(scratch_ / "made.dcm",
                    test::file_meta(test::kExplicitUid) + image.bytes() + test::element(0x7fe00010, vr, pixels));
    return scratch_ / "made.dcm";
  }
  /// An image in fragments after an empty offset table.
  fs::path put_compressed(const std::string& syntax, const test::ImageBytes& image, const std::string& codestream) {
    const std::string items = test::element(0xfffee000, "", "") + test::element(0xfffee000, "", codestream) +
                              test::element(0xfffee0dd, "", "");
    test::put_bytes(scratch_ / "made.dcm",
                    test::file_meta(syntax) + image.bytes() + test::element(0x7fe00010, "OB", items, 0xffffffff));
    return scratch_ / "made.dcm";
  }
  test::ScratchFolder scratch_;
};

TEST_F(MadeImage, PalettesAndFloatingPointPixelsAreRefusedByName) {
  test::ImageBytes image;
  image.interpretation = "PALETTE COLOR ";
  EXPECT_THAT(reason(put(image, std::string(12, 'p'))), HasSubstr("colour image with a palette"));
  image.interpretation = "YBR_FULL";
  EXPECT_THAT(reason(put(image, std::string(12, 'p'))), HasSubstr("neither MONOCHROME1 nor MONOCHROME2"));
  test::put_bytes(scratch_ / "float.dcm", test::file_meta(test::kExplicitUid) + test::ImageBytes().bytes() +
                                              test::tag_bytes(0x7fe00008) + std::string("OF\0\0", 4) +
                                              test::little_endian(4, 4) + "1234");
  EXPECT_THAT(reason(scratch_ / "float.dcm"), HasSubstr("floating-point pixel data"));
}

TEST_F(MadeImage, UnsupportedTransferSyntaxesAreRefusedByName) {
  const std::map<std::string, std::string> names{{"1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless"},
                                                 {"1.2.840.10008.1.2.4.100", "MPEG2"},
                                                 {"1.2.840.10008.1.2.4.107", "HEVC"},
                                                 {"1.2.840.10008.1.2.4.110", "JPEG XL"},
                                                 {"1.2.840.10008.1.2.4.55", "Full Progression"},
                                                 {"1.2.3.4", "1.2.3.4"}};
  for (const auto& [uid, name] : names)
    EXPECT_THAT(reason(put_compressed(uid, {}, "data")), testing::AllOf(HasSubstr(name), HasSubstr("not supported")));
}

TEST_F(MadeImage, BitsOutsideBitsStoredAreDroppedAndTheSignIsExtended) {
  test::ImageBytes image;
  std::string header = image.bytes();
  const auto replace = [&](std::uint32_t tag, std::uint64_t value) {
    header.replace(header.find(test::tag_bytes(tag)), 10, test::element(tag, "US", test::number(value)));
  };
  replace(0x00280101, 12);
  replace(0x00280102, 13);  // two bits below the value, two above
  replace(0x00280103, 1);
  std::string cells;
  for (const std::uint64_t cell : {0x0000, 0x0004, 0x1ffc, 0x2000, 0x3ffc, 0xffff}) cells += test::number(cell);
  test::put_bytes(scratch_ / "made.dcm",
                  test::file_meta(test::kExplicitUid) + header + test::element(0x7fe00010, "OW", cells));
  const FramePixels pixels = decode_frame(*load_dicom(scratch_ / "made.dcm", PixelLoading::load), 0, "made");
  EXPECT_THAT(pixels.stored, ElementsAre(0, 1, 2047, -2048, -1, -1));
  EXPECT_EQ(pixels.bits_stored, 12);
  EXPECT_TRUE(pixels.is_signed);
}

TEST_F(MadeImage, UnsignedValuesBeyond31BitsAreRefused) {
  test::ImageBytes image;
  image.bits_allocated = 32, image.rows = image.columns = 1;
  EXPECT_THAT(reason(put(image, std::string("\0\0\0\x80", 4))), HasSubstr("stored values reach 2147483648"));
}

TEST_F(MadeImage, CompressedDataThatCannotHoldTheImageIsRefused) {
  test::ImageBytes large;
  large.rows = large.columns = 20000;
  EXPECT_THAT(reason(put_compressed(test::kRleUid, large, std::string(64, '\1'))), HasSubstr("cannot hold"));
  // SOI, SOF1 of 16 bits, 20000 x 20000, one component; then nothing.
  const std::string jpeg = std::string("\xff\xd8\xff\xc1\x00\x0b\x0c\x4e\x20\x4e\x20\x01\x01\x11\x00\xff\xd9\x00", 18);
  EXPECT_THAT(reason(put_compressed("1.2.840.10008.1.2.4.51", large, jpeg)), HasSubstr("cannot hold 400000000 pixels"));
  EXPECT_THAT(reason(put_compressed("1.2.840.10008.1.2.4.51", {}, jpeg)),
              HasSubstr("is 20000 x 20000 pixels, the header says 3 x 2"));
  EXPECT_THAT(reason(put_compressed("1.2.840.10008.1.2.4.80", large, jpeg)),
              HasSubstr("not what its transfer syntax says"));
  EXPECT_THAT(reason(put_compressed("1.2.840.10008.1.2.4.70", {}, "no JPEG")), HasSubstr("no JPEG frame header"));
}

}  // namespace
}  // namespace voxprior
