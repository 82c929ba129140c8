#include "io/dicom/pixels/rle.h"

#include <gmock/gmock.h>

#include <string>

#include "tests/io/dicom/dicom_bytes.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// An RLE header (PS3.5 G.5) before the bytes of the segments.
std::vector<std::uint8_t> frame(std::uint32_t segments, const std::vector<std::uint32_t>& offsets,
                                const std::string& data) {
  std::string bytes = test::little_endian(segments, 4);
  for (const std::uint32_t offset : offsets) bytes += test::little_endian(offset, 4);
  bytes.resize(64, '\0');
  bytes += data;
  return {bytes.begin(), bytes.end()};
}

std::string reason(const std::vector<std::uint8_t>& codestream, std::int64_t pixels, int bytes_per_cell) {
  return test::refusal(ExitCode::input, [&] { decode_rle(codestream, pixels, bytes_per_cell, "file.dcm"); });
}

TEST(Rle, LiteralsRepeatsAndNoOperationsMakeTheBytes) {
  // PS3.5 G.3.1: 2 copies the next three bytes, 128 does nothing, -3 (0xfd) repeats the next byte four times.
  EXPECT_THAT(decode_rle(frame(1, {64},
                               "\x02"
                               "abc\x80\xfd"
                               "z"),
                         7, 1, "file.dcm"),
              ElementsAre('a', 'b', 'c', 'z', 'z', 'z', 'z'));
}

TEST(Rle, TheFirstSegmentHoldsTheMostSignificantBytes) {
  EXPECT_THAT(decode_rle(frame(2, {64, 68}, std::string("\x01\x12\x34\x00\x01\x56\x78\x00", 8)), 2, 2, "file.dcm"),
              ElementsAre(0x56, 0x12, 0x78, 0x34));
}

TEST(Rle, HeadersThatPointOutsideTheDataAreRefused) {
  for (const std::uint32_t offset : {0u, 63u, 66u, 0x10000u, 0xfffffff0u})
    EXPECT_THAT(reason(frame(1, {offset}, "ab"), 1, 1), HasSubstr("RLE data is damaged")) << offset;
  EXPECT_THAT(reason(frame(2, {66, 64},
                           "\x01"
                           "ab\x01"
                           "ab"),
                     2, 2),
              HasSubstr("RLE data is damaged"));
  EXPECT_THAT(reason(frame(2, {64, 0x7fffffff},
                           "\x01"
                           "ab\x01"
                           "ab"),
                     2, 2),
              HasSubstr("RLE data is damaged"));
}

TEST(Rle, SegmentsThatAreShortOrLongAreRefused) {
  EXPECT_THAT(reason(frame(1, {64},
                           "\x02"
                           "ab"),
                     3, 1),
              HasSubstr("RLE data is damaged"));
  EXPECT_THAT(reason(frame(1, {64},
                           "\x01"
                           "ab"),
                     3, 1),
              HasSubstr("RLE data is damaged"));
  EXPECT_THAT(reason(frame(1, {64},
                           "\x02"
                           "abc"),
                     2, 1),
              HasSubstr("RLE data is damaged"));
  EXPECT_THAT(reason(frame(1, {64},
                           "\x81"
                           "a"),
                     100, 1),
              HasSubstr("RLE data is damaged"));
  EXPECT_THAT(reason(frame(3, {64, 65, 66},
                           "\x01"
                           "ab"),
                     2, 2),
              HasSubstr("has 3 segments, BitsAllocated asks for 2"));
}

}  // namespace
}  // namespace voxprior
