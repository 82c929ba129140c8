#include <gmock/gmock.h>

#include "io/stream/input_stream.h"
#include "tests/support/gzip_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::HasSubstr;

class InflateStream : public testing::Test {
 protected:
  std::string inflated(const std::string& packed, Wrapper wrapper = Wrapper::gzip, std::uint64_t offset = 0) {
    test::put_bytes(scratch_ / "a.gz", packed);
    const auto stream = open_inflated(scratch_ / "a.gz", wrapper, offset);
    std::string bytes(1 << 20, '\0');
    bytes.resize(stream->read(bytes.data(), bytes.size()));
    return bytes;
  }
  std::string reason(const std::string& packed, Wrapper wrapper = Wrapper::gzip) {
    return test::refusal(ExitCode::input, [&] { inflated(packed, wrapper); });
  }

  test::ScratchFolder scratch_;
  const std::string text_ = "voxels, voxels, voxels and a few more voxels than that";
  const std::string packed_ = test::gzip_bytes(text_);
};

TEST_F(InflateStream, GivesTheBytesOfGzipAndZlibFromAnyOffset) {
  EXPECT_EQ(inflated(packed_), text_);
  EXPECT_EQ(inflated("header" + packed_, Wrapper::gzip, 6), text_);
  EXPECT_EQ(inflated("header" + test::gzip_bytes(text_, 15), Wrapper::zlib, 6), text_);
}

TEST_F(InflateStream, MembersInARowAreOneStream) { EXPECT_EQ(inflated(packed_ + packed_), text_ + text_); }

TEST_F(InflateStream, ACutAnywhereIsRefused) {
  for (std::size_t length = 1; length < packed_.size(); ++length) {
    EXPECT_THAT(reason(packed_.substr(0, length)), HasSubstr("cut short")) << length << " bytes";
  }
}

TEST_F(InflateStream, AWrongChecksumOrLengthIsRefused) {
  for (std::size_t back = 1; back <= 8; ++back) {
    std::string bad = packed_;
    bad[bad.size() - back] ^= 1;
    EXPECT_THAT(reason(bad), HasSubstr(back <= 4 ? "incorrect length check" : "incorrect data check"));
  }
}

TEST_F(InflateStream, AnythingBehindTheEndIsRefused) {
  EXPECT_THAT(reason(packed_ + "x"), HasSubstr("something follows"));
  EXPECT_THAT(reason(packed_ + std::string(512, '\0')), HasSubstr("something follows"));
  EXPECT_THAT(reason(packed_ + "\x1f"), HasSubstr("cut short"));
  const std::string zlib = test::gzip_bytes(text_, 15);
  EXPECT_THAT(reason(zlib + zlib, Wrapper::zlib), HasSubstr("something follows"));
}

TEST_F(InflateStream, TheBoundOnWhatIsLeftHolds) {
  const std::string zeros(10000000, '\0');  // the most that deflate can compress
  test::put_bytes(scratch_ / "a.gz", test::gzip_bytes(zeros));
  const auto stream = open_inflated(scratch_ / "a.gz", Wrapper::gzip);
  EXPECT_GE(stream->at_most_left(), zeros.size());
  EXPECT_LT(stream->at_most_left(), zeros.size() * 11 / 10);
  std::string chunk(9000000, 'x');
  stream->read(chunk.data(), chunk.size());
  EXPECT_GE(stream->at_most_left(), zeros.size() - chunk.size());
}

}  // namespace
}  // namespace voxprior
