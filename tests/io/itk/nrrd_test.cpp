#include <gmock/gmock.h>

#include "io/volume_file.h"
#include "tests/support/gzip_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pointwise;

/// An NRRD of 2 x 3 x 4 bytes, 0 to 23, whose header lines a test may change.
struct NrrdText {
  std::string magic = "NRRD0004", type = "uchar", dimension = "3", sizes = "2 3 4", encoding = "raw";
  std::string space = "space: left-posterior-superior\n", directions = "space directions: (0,2,0) (3,0,0) (0,0,-4)\n";
  std::string origin = "space origin: (10,20,30)\n", kinds = "kinds: domain domain domain\n", more;
  std::string voxels = [] {
    std::string bytes;
    for (char n = 0; n < 24; ++n) bytes += n;
    return bytes;
  }();

  std::string bytes() const {
    return magic + "\n# a comment\ntype: " + type + "\ndimension: " + dimension + "\n" + space + "sizes: " + sizes +
           "\n" + directions + kinds + "encoding: " + encoding + "\n" + origin + more + "\n" + voxels;
  }
};

class Nrrd : public testing::Test {
 protected:
  Volume read(const NrrdText& text, const ReadOptions& options = {}) {
    test::put_bytes(scratch_ / "a.nrrd", text.bytes());
    return read_volume(scratch_ / "a.nrrd", options);
  }
  test::ScratchFolder scratch_;
};

TEST_F(Nrrd, ReadsVoxelsAndGeometry) {
  const Volume volume = read({});
  EXPECT_THAT(volume.geometry.size, ElementsAre(2, 3, 4));
  EXPECT_THAT(volume.geometry.spacing_mm, ElementsAre(2, 3, 4));
  EXPECT_THAT(volume.geometry.origin_mm, ElementsAre(10, 20, 30));
  EXPECT_THAT(volume.geometry.lps_from_index, ElementsAre(0, 1, 0, 1, 0, 0, 0, 0, -1));
  for (int n = 0; n < 24; ++n) EXPECT_EQ(volume.voxels[n], n);
  EXPECT_THAT(volume.notices, IsEmpty());
}

TEST_F(Nrrd, RasAndLasBecomeLps) {
  NrrdText text;
  text.space = "space: right-anterior-superior\n";
  EXPECT_THAT(read(text).geometry.origin_mm, ElementsAre(-10, -20, 30));
  EXPECT_THAT(read(text).geometry.lps_from_index, Pointwise(DoubleNear(0), {0., -1., 0., -1., 0., 0., 0., 0., -1.}));
  text.space = "space: LAS\n";
  EXPECT_EQ(read(text).geometry.origin_mm[2], 30);
  EXPECT_THAT(read(text).notices, IsEmpty());
}

TEST_F(Nrrd, AnUnnamedSpaceIsTold) {
  NrrdText text;
  text.space = "space dimension: 3\n";
  EXPECT_THAT(read(text).notices, ElementsAre(HasSubstr("left, posterior, superior assumed")));
  text.space = text.origin = "";
  text.directions = "spacings: 2 3 4\n";
  EXPECT_THAT(read(text).notices, ElementsAre(HasSubstr("no orientation")));
  EXPECT_THAT(read(text).geometry.spacing_mm, ElementsAre(2, 3, 4));
}

TEST_F(Nrrd, ReadsGzipAndBothByteOrders) {
  NrrdText text;
  text.type = "short", text.sizes = "2 3 2";
  text.more = "endian: big\n";
  EXPECT_EQ(read(text).voxels[1], 2 * 256 + 3);
  text.more = "endian: little\n";
  EXPECT_EQ(read(text).voxels[1], 3 * 256 + 2);
  text.encoding = "gzip";
  text.voxels = test::gzip_bytes(text.voxels);
  EXPECT_EQ(read(text).voxels[1], 3 * 256 + 2);
}

TEST_F(Nrrd, ATrailingAxisOfOneIsFine) {
  NrrdText text;
  text.dimension = "4", text.sizes = "2 3 4 1", text.kinds = "kinds: domain domain domain list\n";
  text.directions = "space directions: (0,2,0) (3,0,0) (0,0,-4) none\n";
  EXPECT_EQ(read(text).voxels.size(), 24u);
}

TEST_F(Nrrd, KeyValuePairsAreKept) {
  NrrdText text;
  text.more = "modality:=MR\n";
  EXPECT_EQ(read(text).stored.metadata.at("modality"), "MR");
}

struct NrrdCase {
  const char* name;
  void (*spoil)(NrrdText&);
  const char* message;
};
class NrrdRefusal : public testing::TestWithParam<NrrdCase> {};

TEST_P(NrrdRefusal, SaysWhy) {
  const test::ScratchFolder scratch;
  NrrdText text;
  GetParam().spoil(text);
  test::put_bytes(scratch / "a.nrrd", text.bytes());
  ReadOptions options;
  options.max_voxels = 1000;
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_volume(scratch / "a.nrrd", options); }),
              HasSubstr(GetParam().message));
}

const NrrdCase kCases[] = {
    {"Text", [](auto& t) { t.magic = "Dear colleague,"; }, "not an NRRD file"},
    {"Version", [](auto& t) { t.magic = "NRRD0009"; }, "not an NRRD file"},
    {"Short", [](auto& t) { t.voxels.pop_back(); }, "fewer voxels"},
    {"Long", [](auto& t) { t.voxels += "x"; }, "more data"},
    {"TwoD", [](auto& t) { t.dimension = "2", t.sizes = "6 4", t.kinds = ""; }, "2D image"},
    {"OneSlice", [](auto& t) { t.sizes = "4 6 1"; }, "one voxel thick"},
    {"FourD", [](auto& t) { t.dimension = "4", t.sizes = "2 3 2 2", t.kinds = ""; }, "4D image"},
    {"Rgb",
     [](auto& t) { t.dimension = "4", t.sizes = "3 2 2 2", t.kinds = "kinds: RGB-color domain domain domain\n"; },
     "kind \"rgb-color\""},
    {"Complex", [](auto& t) { t.kinds = "kinds: complex domain domain\n"; }, "kind \"complex\""},
    {"NegativeSize", [](auto& t) { t.sizes = "-2 3 4"; }, "must be positive"},
    {"SizesMissing", [](auto& t) { t.sizes = "2 3"; }, "should be 3 whole numbers"},
    {"SizesOverflow", [](auto& t) { t.sizes = "99999999999999999999 3 4"; }, "should be 3 whole numbers"},
    {"TooLarge", [](auto& t) { t.sizes = "2000000 3000000 4000000"; }, "more than the 1000 allowed"},
    {"Type", [](auto& t) { t.type = "block"; }, "\"block\" are not supported"},
    {"Int64", [](auto& t) { t.type = "int64"; }, "\"int64\" are not supported"},
    {"NoEndian", [](auto& t) { t.type = "short"; }, "lacks \"endian\""},
    {"Encoding", [](auto& t) { t.encoding = "bzip2"; }, "save it as raw or gzip"},
    {"Ascii", [](auto& t) { t.encoding = "ascii"; }, "save it as raw or gzip"},
    {"NotGzip", [](auto& t) { t.encoding = "gzip"; }, "compressed data is damaged"},
    {"GzipCrc",
     [](auto& t) { t.encoding = "gzip", t.voxels = test::gzip_bytes(t.voxels), t.voxels[t.voxels.size() - 6] ^= 1; },
     "incorrect data check"},
    {"Detached", [](auto& t) { t.more = "data file: a.raw\n"; }, "second file"},
    {"ByteSkip", [](auto& t) { t.more = "byte skip: -1\n"; }, "byte skip"},
    {"Twice", [](auto& t) { t.more = "sizes: 4 3 2\n"; }, "\"sizes\" twice"},
    {"NanDirection", [](auto& t) { t.directions = "space directions: (nan,2,0) (3,0,0) (0,0,-4)\n"; },
     "NaN or infinity"},
    {"InfiniteOrigin", [](auto& t) { t.origin = "space origin: (10,inf,30)\n"; }, "NaN or infinity"},
    {"WordInOrigin", [](auto& t) { t.origin = "space origin: (10,ten,30)\n"; }, "not a number"},
    {"Singular", [](auto& t) { t.directions = "space directions: (0,2,0) (3,0,0) (0,0,0)\n"; }, "its orientation"},
    {"Sheared", [](auto& t) { t.directions = "space directions: (0,2,0) (3,0.1,0) (0,0,-4)\n"; }, "sheared"},
    {"Spacing", [](auto& t) { t.space = t.origin = "", t.directions = "spacings: 2 -3 4\n"; }, "must be positive"},
    {"Metres", [](auto& t) { t.more = "space units: \"m\" \"m\" \"m\"\n"; }, "mm is needed"},
    {"NoEnd", [](auto& t) { t.more = std::string("junk") + '\1' + "\n"; }, "damaged or never ends"},
    {"OddLine", [](auto& t) { t.more = "no colon here\n"; }, "a line of the NRRD header is damaged"},
};
INSTANTIATE_TEST_SUITE_P(, NrrdRefusal, testing::ValuesIn(kCases), [](const auto& info) { return info.param.name; });

TEST(ImagesInTwoFiles, AreRefusedByName) {
  EXPECT_THAT(test::refusal(ExitCode::usage, [] { read_volume("a.nhdr"); }), HasSubstr("two files"));
  EXPECT_THAT(test::refusal(ExitCode::usage, [] { read_volume("a.mhd"); }), HasSubstr("two files"));
}

}  // namespace
}  // namespace voxprior
