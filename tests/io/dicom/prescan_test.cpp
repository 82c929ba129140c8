// Files that are damaged or made to do harm: refused as input, with the reason, before DCMTK sees them.
#include "io/dicom/prescan.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include <vector>

#include "io/dicom/dataset.h"
#include "tests/io/dicom/dicom_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using test::element;
using test::file_meta;
using test::ImageBytes;
using test::implicit_element;
using testing::HasSubstr;

constexpr std::uint32_t kUndefined = 0xffffffff;
const std::string kItem = element(0xfffee000, "", "", kUndefined), kItemEnd = element(0xfffee00d, "", ""),
                  kSequenceEnd = element(0xfffee0dd, "", "");

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

/// A raw deflate stream, made piece by piece.
class RawDeflate {
 public:
  RawDeflate() { deflateInit2(&zlib_, 6, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY); }
  ~RawDeflate() { deflateEnd(&zlib_); }

  /// What `bytes` become; with Z_FULL_FLUSH it refers to nothing before it, so that it may be repeated.
  std::string add(const std::string& bytes, int flush) {
    std::string result(bytes.size() + 4096, '\0');
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    zlib_.avail_in = static_cast<uInt>(bytes.size());
    zlib_.next_out = reinterpret_cast<Bytef*>(result.data());
    zlib_.avail_out = static_cast<uInt>(result.size());
    EXPECT_EQ(deflate(&zlib_, flush), flush == Z_FINISH ? Z_STREAM_END : Z_OK);
    result.resize(result.size() - zlib_.avail_out);
    return result;
  }

 private:
  z_stream zlib_{};
};

std::string raw_deflate(const std::string& bytes) { return RawDeflate().add(bytes, Z_FINISH); }

class Prescan : public testing::Test {
 protected:
  std::filesystem::path put(const std::string& bytes) {
    test::put_bytes(scratch_ / "file.dcm", bytes);
    return scratch_ / "file.dcm";
  }
  std::string reason(const std::string& bytes, const DicomLimits& limits = {}) {
    const std::filesystem::path path = put(bytes);
    return test::refusal(ExitCode::input, [&] { load_dicom(path, PixelLoading::load, limits); });
  }
  /// The reason why pixel data, said to be as `image`, is refused.
  std::string image_reason(const ImageBytes& image, const std::string& pixels) {
    return reason(file_meta(test::kExplicitUid) + image.bytes() + element(0x7fe00010, "OW", pixels));
  }
  test::ScratchFolder scratch_;
};

/// `depth` sequences in one another, each closed again.
std::string nested(const std::string& sequence, int depth) {
  return repeated(sequence + kItem, depth) + repeated(kItemEnd + kSequenceEnd, depth);
}

TEST_F(Prescan, NestingIsAllowedToTheLimitAndRefusedBeyondIt) {
  const std::string sequence = element(0x00081140, "SQ", "", kUndefined);
  EXPECT_NO_THROW(load_dicom(put(file_meta(test::kExplicitUid) + nested(sequence, 64)), PixelLoading::load));
  EXPECT_THAT(reason(file_meta(test::kExplicitUid) + nested(sequence, 65)), HasSubstr("nested more than 64 deep"));
}

TEST_F(Prescan, BombsOfSequencesAreRefusedInEveryEncoding) {
  const std::string known = implicit_element(0x00081140, "", kUndefined);
  const std::string of_a_private_tag = implicit_element(0x00111001, "", kUndefined);
  EXPECT_THAT(reason(file_meta(test::kImplicitUid) + nested(known, 10000)), HasSubstr("nested"));
  EXPECT_THAT(reason(file_meta(test::kImplicitUid) + nested(of_a_private_tag, 10000)), HasSubstr("nested"));
  const std::string unknown = element(0x00081140, "UN", "", kUndefined) + kItem;  // implicit from here on
  EXPECT_THAT(reason(file_meta(test::kExplicitUid) + unknown + nested(known, 10000)), HasSubstr("nested"));
  const std::string compressed = raw_deflate(nested(element(0x00081140, "SQ", "", kUndefined), 10000));
  EXPECT_THAT(reason(file_meta(test::kDeflatedUid) + compressed), HasSubstr("nested"));
}

TEST_F(Prescan, SequencesOfDefinedLengthNestToTheLimit) {
  std::string inside;
  for (int depth = 0; depth < 65; ++depth) inside = element(0x00081140, "SQ", element(0xfffee000, "", inside));
  EXPECT_THAT(reason(file_meta(test::kExplicitUid) + inside), HasSubstr("nested more than 64 deep"));
}

TEST_F(Prescan, LengthsBeyondTheFileOrTheContainerAreRefused) {
  for (const std::uint64_t length : {0xfffffff0ULL, 0xfffffffeULL, 0x80000000ULL, 9ULL}) {
    EXPECT_THAT(reason(file_meta(test::kExplicitUid) + element(0x00420011, "OB", "12345678", length)),
                HasSubstr("element (0042,0011) is said to be"));
    EXPECT_THAT(reason(file_meta(test::kImplicitUid) + implicit_element(0x00100010, "12345678", length)),
                HasSubstr("8 are left"));
    EXPECT_THAT(reason(file_meta(test::kDeflatedUid) + raw_deflate(element(0x00420011, "OB", "12345678", length))),
                testing::AnyOf(HasSubstr("more than the deflated file can hold"), HasSubstr("ends within element")));
  }
  const std::string item = element(0xfffee000, "", element(0x00080060, "CS", "MR", 4));  // runs into the next element
  EXPECT_THAT(reason(file_meta(test::kExplicitUid) + element(0x00081140, "SQ", item) + element(0x00100010, "PN", "ab")),
              HasSubstr("element (0008,0060) is said to be 4 bytes long, 2 are left"));
}

TEST_F(Prescan, WhatNeverEndsIsRefused) {
  const std::string sequence = element(0x00081140, "SQ", "", kUndefined);
  EXPECT_THAT(reason(file_meta(test::kExplicitUid) + sequence), HasSubstr("never ends"));
  EXPECT_THAT(reason(file_meta(test::kExplicitUid) + sequence + kItem), HasSubstr("never ends"));
  EXPECT_THAT(reason(file_meta(test::kRleUid) + ImageBytes().bytes() + element(0x7fe00010, "OB", "", kUndefined)),
              HasSubstr("never ends"));
}

TEST_F(Prescan, MisplacedStructureIsRefused) {
  const std::string meta = file_meta(test::kExplicitUid);
  EXPECT_THAT(reason(meta + kItemEnd), HasSubstr("stands where no item ends"));
  EXPECT_THAT(reason(meta + element(0x00081140, "SQ", element(0x00080060, "CS", "MR"))),
              HasSubstr("stands where an item of a sequence should"));
  EXPECT_THAT(reason(meta + element(0x00080060, "UT", "", kUndefined)), HasSubstr("undefined length"));
  EXPECT_THAT(reason(meta + element(0x00080060, "m1", "MR")),
              HasSubstr("value representation that DICOM does not know"));
  EXPECT_THAT(reason(meta + "abc"), HasSubstr("ends within the header"));
}

TEST_F(Prescan, ImagesThatTheirPixelDataCannotHoldAreRefused) {
  const std::string twelve(12, 'p');
  ImageBytes image;
  EXPECT_NO_THROW(load_dicom(put(file_meta(test::kExplicitUid) + image.bytes() + element(0x7fe00010, "OW", twelve)),
                             PixelLoading::load));
  EXPECT_THAT(image_reason(image, twelve.substr(0, 10)), HasSubstr("needs 12 bytes of pixel data, the file holds 10"));
  image.frames = "2 ";
  EXPECT_THAT(image_reason(image, twelve), HasSubstr("needs 24 bytes"));
  image.rows = image.columns = 65535;
  EXPECT_THAT(image_reason(image, twelve), HasSubstr("more than the limit of 2147483648 voxels"));
  image.frames = "9223372036854775807 ";
  EXPECT_THAT(image_reason(image, twelve), HasSubstr("more than the limit"));
}

TEST_F(Prescan, ImagesWithoutSizeAreRefused) {
  ImageBytes image;
  image.rows = 0;
  EXPECT_THAT(image_reason(image, "pp"), HasSubstr("Rows is 0"));
  image = {};
  image.columns = 0;
  EXPECT_THAT(image_reason(image, "pp"), HasSubstr("Columns is 0"));
  for (const char* frames : {"1A", "-1", "0 ", "1\\2 ", "99999999999999999999"}) {
    image = {};
    image.frames = frames;
    EXPECT_THAT(image_reason(image, "pp"), HasSubstr("NumberOfFrames is no positive number")) << frames;
  }
  EXPECT_THAT(reason(file_meta(test::kExplicitUid) + element(0x7fe00010, "OW", "pp")), HasSubstr("no Rows"));
}

TEST_F(Prescan, CompressedFramesMustBeThere) {
  ImageBytes image;
  image.frames = "3 ";
  const std::string fragments = element(0xfffee000, "", "") + element(0xfffee000, "", "ab") + kSequenceEnd;
  EXPECT_THAT(reason(file_meta(test::kRleUid) + image.bytes() + element(0x7fe00010, "OB", fragments, kUndefined)),
              HasSubstr("claims 3 frames but holds 1 pieces"));
  EXPECT_THAT(reason(file_meta(test::kRleUid) + ImageBytes().bytes() + element(0x7fe00010, "OW", "pixels")),
              HasSubstr("not compressed as the transfer syntax RLE Lossless says"));
}

TEST_F(Prescan, ADeflateBombIsRefusedWithoutHoldingIt) {
  constexpr int kMegabytes = 400;
  RawDeflate deflate;
  std::string bomb = file_meta(test::kDeflatedUid) +
                     deflate.add(element(0x00420011, "OB", "", std::uint64_t{kMegabytes} << 20), Z_FULL_FLUSH);
  bomb += repeated(deflate.add(std::string(std::size_t{1} << 20, '\0'), Z_FULL_FLUSH), kMegabytes);
  bomb += deflate.add("", Z_FINISH);
  ASSERT_LT(bomb.size(), 1000000u);
  EXPECT_THAT(reason(bomb), HasSubstr("more than the deflated file can hold"));
}

TEST_F(Prescan, ADeflatedDataSetThatIsCutShortIsRefused) {
  const std::string whole = raw_deflate(element(0x00420011, "OB", "some bytes, some more bytes, and others"));
  EXPECT_NO_THROW(load_dicom(put(file_meta(test::kDeflatedUid) + whole), PixelLoading::load));
  for (std::size_t kept = 0; kept < whole.size(); ++kept)
    EXPECT_THAT(reason(file_meta(test::kDeflatedUid) + whole.substr(0, kept)), HasSubstr("cut short")) << kept;
}

// DCMTK would begin to inflate where the length of the meta group says, which may be another stream.
TEST_F(Prescan, ADeflatedDataSetThatBeginsElsewhereThanTheMetaGroupSaysIsRefused) {
  const std::string meta = file_meta(test::kDeflatedUid);
  const auto with_length = [&](std::size_t wrong_by) {
    const std::string length{static_cast<char>(meta.size() - 132 + wrong_by), 0, 0, 0};
    return meta.substr(0, 132) + element(0x00020000, "UL", length) + meta.substr(132) +
           raw_deflate(element(0x00100020, "LO", "1234"));
  };
  EXPECT_NO_THROW(load_dicom(put(with_length(0)), PixelLoading::load));
  EXPECT_THAT(reason(with_length(2)), HasSubstr("not as long as it says"));
}

TEST_F(Prescan, AFileMetaGroupWithoutTransferSyntaxIsRefused) {
  const std::string meta = std::string(128, '\0') + "DICM" + element(0x00020002, "UI", "1.2");
  EXPECT_THAT(reason(meta + element(0x00080060, "CS", "MR")), HasSubstr("names no TransferSyntaxUID"));
  EXPECT_THAT(reason(meta + element(0x00020010, "UI", "1.2", 900)), HasSubstr("file meta information is cut short"));
}

TEST_F(Prescan, ATransferSyntaxThatIsNoUidIsRefusedAndNotRepeated) {
  const std::string message = reason(file_meta("Doe^Jane\n") + element(0x00080060, "CS", "MR"));
  EXPECT_THAT(message, HasSubstr("TransferSyntaxUID is no UID"));
  EXPECT_THAT(message, testing::Not(HasSubstr("Doe")));
}

TEST_F(Prescan, WhatIsNoDicomIsSaidToBeNone) {
  EXPECT_THAT(reason("some text that is long enough to be looked at"), HasSubstr("is no DICOM file"));
  EXPECT_THAT(reason("x"), HasSubstr("is no DICOM file"));
  EXPECT_THAT(reason(std::string(200, '\0')), HasSubstr("is no DICOM file"));
  EXPECT_THAT(reason(""), HasSubstr("the file is empty"));
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { load_dicom(scratch_.path(), PixelLoading::skip); }),
              HasSubstr("is a folder"));
}

}  // namespace
}  // namespace voxprior
