#include <gmock/gmock.h>

#include "io/volume_file.h"
#include "tests/support/gzip_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kZlibWindow = 15;

/// A MetaImage of 2 x 3 x 4 bytes, 0 to 23, whose header lines a test may change.
struct MetaImageText {
  std::string object = "ObjectType = Image\n", dimension = "3", sizes = "2 3 4", type = "MET_UCHAR",
              data_file = "LOCAL";
  std::string matrix = "TransformMatrix = 0 1 0 1 0 0 0 0 -1\n", offset = "Offset = 10 20 30\n";
  std::string spacing = "ElementSpacing = 2 3 4\n", more;
  std::string voxels = [] {
    std::string bytes;
    for (char n = 0; n < 24; ++n) bytes += n;
    return bytes;
  }();

  std::string bytes() const {
    return object + "NDims = " + dimension + "\nBinaryData = True\n" + matrix + offset + spacing + more +
           "DimSize = " + sizes + "\nElementType = " + type + "\nElementDataFile = " + data_file + "\n" + voxels;
  }
};

class MetaImage : public testing::Test {
 protected:
  Volume read(const MetaImageText& text) {
    test::put_bytes(scratch_ / "a.mha", text.bytes());
    return read_volume(scratch_ / "a.mha");
  }
  test::ScratchFolder scratch_;
};

TEST_F(MetaImage, ReadsVoxelsAndGeometry) {
  const Volume volume = read({});
  EXPECT_THAT(volume.geometry.size, ElementsAre(2, 3, 4));
  EXPECT_THAT(volume.geometry.spacing_mm, ElementsAre(2, 3, 4));
  EXPECT_THAT(volume.geometry.origin_mm, ElementsAre(10, 20, 30));
  EXPECT_THAT(volume.geometry.lps_from_index, ElementsAre(0, 1, 0, 1, 0, 0, 0, 0, -1));
  for (int n = 0; n < 24; ++n) EXPECT_EQ(volume.voxels[n], n);
  EXPECT_THAT(volume.notices, IsEmpty());
}

TEST_F(MetaImage, TheMatrixListsTheDirectionOfOneAxisAfterTheOther) {
  MetaImageText text;
  text.matrix = "TransformMatrix = 0 1 0 0 0 1 1 0 0\n";  // i runs along y, j along z, k along x
  EXPECT_THAT(read(text).geometry.lps_from_index, ElementsAre(0, 0, 1, 1, 0, 0, 0, 1, 0));
}

TEST_F(MetaImage, ReadsCompressedVoxelsAndBothByteOrders) {
  MetaImageText text;
  text.type = "MET_SHORT", text.sizes = "2 3 2";
  text.more = "BinaryDataByteOrderMSB = True\n";
  EXPECT_EQ(read(text).voxels[1], 2 * 256 + 3);
  text.more = "BinaryDataByteOrderMSB = False\n";
  EXPECT_EQ(read(text).voxels[1], 3 * 256 + 2);
  text.voxels = test::gzip_bytes(text.voxels, kZlibWindow);
  text.more += "CompressedData = True\n";
  EXPECT_EQ(read(text).voxels[1], 3 * 256 + 2);
}

TEST_F(MetaImage, WithoutOrientationSaysSo) {
  MetaImageText text;
  text.matrix = "";
  EXPECT_THAT(read(text).notices, ElementsAre(HasSubstr("no orientation")));
}

TEST_F(MetaImage, ATrailingDimensionOfOneIsFine) {
  MetaImageText text;
  text.dimension = "4", text.sizes = "2 3 4 1", text.offset = "Offset = 10 20 30 0\n";
  text.spacing = "ElementSpacing = 2 3 4 1\n";
  text.matrix = "TransformMatrix = 0 1 0 0 1 0 0 0 0 0 -1 0 0 0 0 1\n";
  EXPECT_THAT(read(text).geometry.lps_from_index, ElementsAre(0, 1, 0, 1, 0, 0, 0, 0, -1));
}

struct MetaImageCase {
  const char* name;
  void (*spoil)(MetaImageText&);
  const char* message;
};
class MetaImageRefusal : public testing::TestWithParam<MetaImageCase> {};

TEST_P(MetaImageRefusal, SaysWhy) {
  const test::ScratchFolder scratch;
  MetaImageText text;
  GetParam().spoil(text);
  test::put_bytes(scratch / "a.mha", text.bytes());
  ReadOptions options;
  options.max_voxels = 1000;
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_volume(scratch / "a.mha", options); }),
              HasSubstr(GetParam().message));
}

const MetaImageCase kCases[] = {
    {"Text", [](auto& t) { t.object = "Dear colleague,\n"; }, "not a MetaImage file"},
    {"Binary", [](auto& t) { t.object = std::string(5, '\0') + "\n"; }, "damaged or never ends"},
    {"Object", [](auto& t) { t.object = "ObjectType = Tube\n"; }, "of type Tube"},
    {"Short", [](auto& t) { t.voxels.pop_back(); }, "fewer voxels"},
    {"Long", [](auto& t) { t.voxels += "x"; }, "more data"},
    {"TwoD", [](auto& t) { t.dimension = "2", t.sizes = "6 4"; }, "2D image"},
    {"OneSlice", [](auto& t) { t.sizes = "4 6 1"; }, "one voxel thick"},
    {"FourD", [](auto& t) { t.dimension = "4", t.sizes = "2 3 2 2"; }, "4D image"},
    {"Rgb", [](auto& t) { t.more = "ElementNumberOfChannels = 3\n"; }, "3 numbers per voxel"},
    {"ZeroSize", [](auto& t) { t.sizes = "0 3 4"; }, "must be positive"},
    {"SizesMissing", [](auto& t) { t.sizes = "2 3"; }, "should be 3 whole numbers"},
    {"TooLarge", [](auto& t) { t.sizes = "2000000 3000000 4000000"; }, "more than the 1000 allowed"},
    {"Type", [](auto& t) { t.type = "MET_LONG"; }, "MET_LONG are not supported"},
    {"Detached", [](auto& t) { t.data_file = "a.raw"; }, "second file"},
    {"HeaderSize", [](auto& t) { t.more = "HeaderSize = 7\n"; }, "HeaderSize"},
    {"NotBoolean", [](auto& t) { t.more = "CompressedData = perhaps\n"; }, "neither True nor False"},
    {"NotZlib", [](auto& t) { t.more = "CompressedData = True\n"; }, "compressed data is damaged"},
    {"ZlibSum",
     [](auto& t) {
       t.more = "CompressedData = True\n", t.voxels = test::gzip_bytes(t.voxels, kZlibWindow);
       t.voxels.back() ^= 1;
     },
     "incorrect data check"},
    {"ZlibSize",
     [](auto& t) {
       t.more = "CompressedData = True\nCompressedDataSize = 5\n", t.voxels = test::gzip_bytes(t.voxels, kZlibWindow);
     },
     "its header says 5"},
    {"Twice", [](auto& t) { t.more = "NDims = 3\n"; }, "\"NDims\" twice"},
    {"NanMatrix", [](auto& t) { t.matrix = "TransformMatrix = nan 1 0 1 0 0 0 0 -1\n"; }, "NaN or infinity"},
    {"MatrixCount", [](auto& t) { t.matrix = "TransformMatrix = 0 1 0 1 0 0 0 0\n"; }, "8 numbers instead of 9"},
    {"InfiniteOffset", [](auto& t) { t.offset = "Offset = 10 inf 30\n"; }, "NaN or infinity"},
    {"Singular", [](auto& t) { t.matrix = "TransformMatrix = 0 1 0 1 0 0 0 0 0\n"; }, "singular"},
    {"Sheared", [](auto& t) { t.matrix = "TransformMatrix = 0 1 0 1 0.1 0 0 0 -1\n"; }, "sheared"},
    {"ZeroSpacing", [](auto& t) { t.spacing = "ElementSpacing = 2 0 4\n"; }, "must be positive"},
    {"LongName", [](auto& t) { t.more = std::string(300, 'n') + " = 1\n"; }, "header line longer than"},
    {"LongValue", [](auto& t) { t.more = "Comment = " + std::string(40000, 'v') + "\n"; }, "header line longer than"},
    {"Metres", [](auto& t) { t.more = "DistanceUnits = m\n"; }, "mm is needed"},
};
INSTANTIATE_TEST_SUITE_P(, MetaImageRefusal, testing::ValuesIn(kCases),
                         [](const auto& info) { return info.param.name; });

TEST_F(MetaImage, VoxelsAsTextAreRefused) {
  std::string bytes = MetaImageText().bytes();
  bytes.replace(bytes.find("BinaryData = True"), 17, "BinaryData = False");
  test::put_bytes(scratch_ / "a.mha", bytes);
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_volume(scratch_ / "a.mha"); }), HasSubstr("voxels as text"));
}

}  // namespace
}  // namespace voxprior
