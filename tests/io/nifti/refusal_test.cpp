// Everything that is refused, one case a line: what is done to a good file, and what the message must say.
#include "tests/support/refusal.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>
#include <limits>

#include "io/volume_file.h"
#include "tests/support/gzip_bytes.h"
#include "tests/support/nifti_bytes.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using test::NiftiBytes;
using test::ScratchFolder;
using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN(), kInf = std::numeric_limits<double>::infinity();

struct HeaderCase {
  const char* name;
  std::function<void(NiftiBytes&)> spoil;
  const char* message;
};

class NiftiHeaderRefusal : public testing::TestWithParam<HeaderCase> {
 protected:
  std::string reason(int version, bool big_endian) {
    NiftiBytes file;
    file.version = version;
    file.big_endian = big_endian;
    GetParam().spoil(file);
    if (file.voxels.empty()) file.voxels = std::string(420, '\1');  // never by the product of spoiled sizes
    test::put_bytes(scratch_ / "bad.nii", file.bytes());
    return test::refusal(ExitCode::input, [&] { read_volume(scratch_ / "bad.nii"); });
  }

 private:
  ScratchFolder scratch_;
};

TEST_P(NiftiHeaderRefusal, InBothVersionsAndByteOrders) {
  for (const int version : {1, 2}) {
    for (const bool big_endian : {false, true}) {
      EXPECT_THAT(reason(version, big_endian), HasSubstr(GetParam().message)) << "NIfTI-" << version;
    }
  }
}

const HeaderCase kHeaderCases[] = {
    {"PairOfFiles",
     [](auto& f) { f.magic = f.version == 1 ? std::string("ni1\0", 4) : std::string("ni2\0\r\n\032\n", 8); },
     ".hdr/.img pair"},
    {"Magic", [](auto& f) { f.magic = "XXXX"; }, "signature"},
    {"NoDimensions", [](auto& f) { f.dim[0] = 0; }, "dim[0] is 0"},
    {"TooManyDimensions", [](auto& f) { f.dim[0] = 8; }, "dim[0] is 8"},
    {"NegativeSize", [](auto& f) { f.dim[2] = -5; }, "dim[2] is -5"},
    {"ZeroSize", [](auto& f) { f.dim[3] = 0; }, "dim[3] is 0"},
    {"TwoD", [](auto& f) { f.dim[0] = 2; }, "2D image"},
    {"OneSlice", [](auto& f) { f.dim[3] = 1; }, "one voxel thick"},
    {"OneColumn", [](auto& f) { f.dim[1] = 1; }, "one voxel thick"},
    {"FourD", [](auto& f) { f.dim[0] = 4, f.dim[4] = 3; }, "4D image of 3 volumes; choose one with --volume 0 to 2"},
    {"FiveD", [](auto& f) { f.dim[0] = 5, f.dim[5] = 3; }, "5D image"},
    {"BeyondTheFile", [](auto& f) { f.dim[3] = 600; }, "fewer voxels than its header says"},
    {"LessThanTheFile", [](auto& f) { f.dim[3] = 5; }, "more data than its header says"},
    {"Enormous", [](auto& f) { f.dim[1] = f.dim[2] = f.dim[3] = 32767; }, "raise --max-voxels"},
    {"EnormousFourD", [](auto& f) { f.dim[0] = 4, f.dim[4] = 32767; }, "4D"},
    {"Rgb", [](auto& f) { f.datatype = 128, f.bitpix = 24; }, "RGB"},
    {"Rgba", [](auto& f) { f.datatype = 2304, f.bitpix = 32; }, "RGB"},
    {"Complex64", [](auto& f) { f.datatype = 32, f.bitpix = 64; }, "complex"},
    {"Complex128", [](auto& f) { f.datatype = 1792, f.bitpix = 128; }, "complex"},
    {"Int64", [](auto& f) { f.datatype = 1024, f.bitpix = 64; }, "64-bit integers"},
    {"Float128", [](auto& f) { f.datatype = 1536, f.bitpix = 128; }, "128-bit"},
    {"Bits", [](auto& f) { f.datatype = 1, f.bitpix = 1; }, "single bits"},
    {"UnknownType", [](auto& f) { f.datatype = 77; }, "unknown datatype"},
    {"BitsPerVoxel", [](auto& f) { f.bitpix = 8; }, "8 bits a voxel"},
    {"OffsetInHeader", [](auto& f) { f.vox_offset = 100; }, "cannot start at byte 100"},
    {"OffsetNegative", [](auto& f) { f.vox_offset = -352; }, "cannot start at byte -352"},
    {"OffsetBeyondFile", [](auto& f) { f.vox_offset = 1e6; }, "ends inside the header"},
    {"OffsetEnormous", [](auto& f) { f.vox_offset = 1e15; }, "cannot start at byte 1e+15"},
    {"ZeroSpacing", [](auto& f) { f.pixdim[2] = 0; }, "every one must be positive"},
    {"NegativeSpacing", [](auto& f) { f.pixdim[1] = -0.5; }, "every one must be positive"},
    {"NanSpacing", [](auto& f) { f.pixdim[3] = kNan; }, "every one must be positive"},
    {"InfiniteSpacing", [](auto& f) { f.pixdim[3] = kInf; }, "every one must be positive"},
    {"NanSform", [](auto& f) { f.srow[5] = kNan; }, "NaN or infinite"},
    {"InfiniteOrigin", [](auto& f) { f.srow[3] = kInf; }, "NaN or infinite"},
    {"SingularSform", [](auto& f) { f.srow[2] = f.srow[6] = f.srow[10] = 0; }, "singular"},
    {"FlatSform", [](auto& f) { f.srow[1] = f.srow[0], f.srow[5] = f.srow[4], f.srow[9] = f.srow[8]; }, "sheared"},
    {"ShearedSform", [](auto& f) { f.srow[2] = 0.01; }, "sheared"},
    {"NanQform", [](auto& f) { f.sform_code = 0, f.quatern[1] = kNan; }, "not a rotation"},
    {"LongQuaternion", [](auto& f) { f.sform_code = 0, f.quatern[1] = 1.5; }, "not a rotation"},
    {"NanQfac", [](auto& f) { f.sform_code = 0, f.pixdim[0] = kNan; }, "not a rotation"},
    {"NanQoffset", [](auto& f) { f.sform_code = 0, f.quatern[4] = kNan; }, "NaN or infinite"},
    {"NanSlope", [](auto& f) { f.scl_slope = kNan; }, "intensity scale is NaN"},
    {"InfiniteSlope", [](auto& f) { f.scl_slope = kInf; }, "intensity scale is NaN"},
    {"NanIntercept", [](auto& f) { f.scl_slope = 2, f.scl_inter = kNan; }, "intensity scale is NaN"},
    {"UnitOfLength", [](auto& f) { f.xyzt_units = 5; }, "unknown unit of length"},
};
INSTANTIATE_TEST_SUITE_P(, NiftiHeaderRefusal, testing::ValuesIn(kHeaderCases),
                         [](const auto& info) { return info.param.name; });

class NiftiFileRefusal : public testing::Test {
 protected:
  std::string reason(const std::string& name, const std::string& bytes, const ReadOptions& options = {}) {
    test::put_bytes(scratch_ / name, bytes);
    return test::refusal(ExitCode::input, [&] { read_volume(scratch_ / name, options); });
  }
  const std::string good_ = NiftiBytes().bytes();
  ScratchFolder scratch_;
};

TEST_F(NiftiFileRefusal, ShearedAffineIsPrinted) {
  NiftiBytes file;
  file.srow[2] = 0.01;
  EXPECT_THAT(reason("a.nii", file.bytes()), HasSubstr("[-0.4 0.75 -0.01 -11; -0.3 -1 -0 22; 0 0 2 33] (LPS)"));
}

TEST_F(NiftiFileRefusal, RoundingErrorOfAnAffineIsNotShear) {
  NiftiBytes file;
  file.srow[2] = 1e-4;  // 5e-5 of the 2 mm axis
  test::put_bytes(scratch_ / "a.nii", file.bytes());
  EXPECT_NO_THROW(read_volume(scratch_ / "a.nii"));
}

TEST_F(NiftiFileRefusal, MissingEmptyOrNoFile) {
  EXPECT_THAT(reason("empty.nii", ""), HasSubstr("the file is empty"));
  EXPECT_THAT(reason("empty.nii.gz", ""), HasSubstr("the file is empty"));
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_volume(scratch_ / "none.nii"); }), HasSubstr("no such file"));
  std::filesystem::create_directory(scratch_ / "folder.nii");
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_volume(scratch_ / "folder.nii"); }), HasSubstr("is a folder"));
  EXPECT_THAT(test::refusal(ExitCode::usage, [&] { read_volume(scratch_.path()); }), HasSubstr("unknown kind"));
}

TEST_F(NiftiFileRefusal, TextUnderAnImagesName) {
  const std::string text = "Dear colleague, attached is the scan that we talked about. " + std::string(400, '.');
  EXPECT_THAT(reason("a.nii.gz", text), HasSubstr("not gzip-compressed, whatever its name says"));
  EXPECT_THAT(reason("a.nii", text), HasSubstr("not a NIfTI file"));
  EXPECT_THAT(reason("b.nii.gz", test::gzip_bytes(text)), HasSubstr("not a NIfTI file"));
  EXPECT_THAT(reason("c.nii", "short"), HasSubstr("ends inside the header"));
}

TEST_F(NiftiFileRefusal, CompressionThatTheNameDenies) {
  EXPECT_THAT(reason("a.nii", test::gzip_bytes(good_)), HasSubstr("rename it to .nii.gz"));
  EXPECT_THAT(reason("a.nii.gz", good_), HasSubstr("not gzip-compressed"));
}

TEST_F(NiftiFileRefusal, AnalyzeHeader) {
  std::string analyze = good_;
  analyze.replace(344, 4, std::string(4, '\0'));
  EXPECT_THAT(reason("a.nii", analyze), HasSubstr("Analyze 7.5"));
}

TEST_F(NiftiFileRefusal, NanAndInfiniteVoxelsWithTheirCount) {
  NiftiBytes file;
  file.datatype = 16, file.bitpix = 32;
  std::vector<float> values(210, 1);
  values[3] = NAN, values[100] = INFINITY, values[209] = -INFINITY;
  file.set_voxels(values);
  EXPECT_THAT(reason("a.nii", file.bytes()), HasSubstr("3 voxels are NaN or infinite"));
}

TEST_F(NiftiFileRefusal, MoreVoxelsThanAllowed) {
  ReadOptions options;
  options.max_voxels = 209;
  EXPECT_THAT(reason("a.nii", good_, options), HasSubstr("more than the 209 allowed"));
  options.max_voxels = 210;
  EXPECT_NO_THROW(read_volume(scratch_ / "a.nii", options));
}

TEST_F(NiftiFileRefusal, GzipBombWithoutUnpackingIt) {
  NiftiBytes file;
  file.dim = {3, 1000, 1000, 1000, 1, 1, 1, 1};
  file.voxels = std::string(1000000, '\0');
  ReadOptions options;
  options.max_voxels = 100000000;
  EXPECT_THAT(reason("bomb.nii.gz", test::gzip_bytes(file.bytes()), options),
              HasSubstr("more than the 100000000 allowed"));
  // Within the limit, but more than the compressed bytes can possibly hold: refused before 2 GB are allocated.
  EXPECT_THAT(reason("bomb.nii.gz", test::gzip_bytes(file.bytes())), HasSubstr("fewer voxels than its header says"));
}

TEST_F(NiftiFileRefusal, GzipBombBehindGoodVoxels) {
  const std::string bomb = test::gzip_bytes(good_ + std::string(5000000, '\0'));
  EXPECT_THAT(reason("bomb.nii.gz", bomb), HasSubstr("more data than its header says"));
}

TEST_F(NiftiFileRefusal, VolumeThatA4dFileDoesNotHave) {
  NiftiBytes file;
  file.dim = {4, 7, 5, 6, 3, 1, 1, 1};
  ReadOptions options;
  options.volume_of_4d = 3;
  EXPECT_THAT(reason("a.nii", file.bytes(), options), HasSubstr("has 3 volumes; --volume 3 does not exist"));
  options.volume_of_4d = 1;
  EXPECT_THAT(reason("b.nii", good_, options), HasSubstr("has 1 volumes; --volume 1 does not exist"));
}

}  // namespace
}  // namespace voxprior
