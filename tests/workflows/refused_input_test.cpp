// Every input that denoise refuses: exit 3, one line that says why, and nothing written.
#include <limits>

#include "tests/support/gzip_bytes.h"
#include "tests/support/nifti_bytes.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using test::bytes_of;
using test::gzip_bytes;
using test::NiftiBytes;
using test::put_bytes;
using testing::HasSubstr;

class RefusedInput : public test::WorkflowTest {
 protected:
  /// Writes `bytes` under `name`, denoises that, and returns the message.
  std::string refusal_of(const std::string& name, const std::string& bytes,
                         const std::vector<std::string>& options = {}) {
    put_bytes(scratch_ / name, bytes);
    return refusal_of_file(name, options);
  }

  std::string refusal_of_file(const std::string& name, const std::vector<std::string>& options = {}) {
    const auto before = scratch_.names();
    const test::Outcome outcome = denoise(file(name), file("out.nii.gz"), options);
    test::expect_refused(outcome, 3, "denoise");
    EXPECT_THAT(outcome.err, HasSubstr(name));
    EXPECT_EQ(scratch_.names(), before) << "something was written";
    return outcome.err;
  }
};

TEST_F(RefusedInput, Missing) { EXPECT_THAT(refusal_of_file("missing.nii"), HasSubstr("no such file")); }

TEST_F(RefusedInput, AFolderWithNoImages) {
  std::filesystem::create_directory(scratch_ / "folder");
  EXPECT_THAT(refusal_of_file("folder"), HasSubstr("folder"));
}

TEST_F(RefusedInput, EmptyFile) {
  refusal_of("empty.nii", "");
  refusal_of("empty.nii.gz", "");
  refusal_of("empty.nrrd", "");
  refusal_of("empty.mha", "");
}

TEST_F(RefusedInput, TextRenamed) {
  const std::string text = "Dear radiologist, please find attached nothing of the kind.\n";
  refusal_of("letter.nii.gz", text);
  refusal_of("letter.nii", std::string(20, '\n') + text + std::string(400, ' '));
  refusal_of("letter.nrrd", text);
  refusal_of("letter.mha", text);
}

TEST_F(RefusedInput, Truncated) {
  const std::string whole = NiftiBytes().bytes();
  const std::string packed = gzip_bytes(whole);
  for (const double share : {0.05, 0.5, 0.99}) {
    refusal_of("cut.nii", whole.substr(0, static_cast<size_t>(share * static_cast<double>(whole.size()))));
    refusal_of("cut.nii.gz", packed.substr(0, static_cast<size_t>(share * static_cast<double>(packed.size()))));
  }
}

TEST_F(RefusedInput, WrongCrc) {
  std::string packed = gzip_bytes(NiftiBytes().bytes());
  packed[packed.size() - 8] ^= 1;  // the last eight bytes are CRC and length
  refusal_of("crc.nii.gz", packed);
}

TEST_F(RefusedInput, NanInTheAffine) {
  NiftiBytes nifti;
  nifti.srow[5] = std::numeric_limits<double>::quiet_NaN();
  refusal_of("nan.nii", nifti.bytes());
}

TEST_F(RefusedInput, ZeroOrNegativeSpacing) {
  for (const double spacing : {0., -1.}) {
    NiftiBytes nifti;
    nifti.sform_code = 0;
    nifti.pixdim[2] = spacing;
    refusal_of("spacing.nii", nifti.bytes());
  }
}

TEST_F(RefusedInput, DimensionsThatOverflowOrExceedTheFile) {
  NiftiBytes nifti;
  nifti.voxels = std::string(420, '\0');
  nifti.dim = {3, 32767, 32767, 32767, 1, 1, 1, 1};
  refusal_of("huge.nii", nifti.bytes());
  nifti.version = 2;
  nifti.dim = {3, std::int64_t{1} << 40, std::int64_t{1} << 40, 16, 1, 1, 1, 1};
  refusal_of("overflow.nii", nifti.bytes());
}

TEST_F(RefusedInput, MoreVoxelsThanAllowed) {
  NiftiBytes nifti;
  nifti.dim = {3, 200, 200, 200, 1, 1, 1, 1};
  nifti.voxels = std::string(16'000'000, '\0');  // 16 MB in 16 kB of gzip
  refusal_of("bomb.nii.gz", gzip_bytes(nifti.bytes()), {"--max-voxels", "1000000"});
}

TEST_F(RefusedInput, FourDimensionsUnlessOneVolumeIsNamed) {
  NiftiBytes nifti;
  nifti.dim = {4, 7, 5, 6, 2, 1, 1, 1};
  refusal_of("series.nii", nifti.bytes());
}

TEST_F(RefusedInput, Colour) {
  NiftiBytes nifti;
  nifti.datatype = 128;
  nifti.bitpix = 24;
  nifti.voxels = std::string(3 * 210, '\0');
  refusal_of("rgb.nii", nifti.bytes());
}

TEST_F(RefusedInput, NanVoxels) {
  NiftiBytes nifti;
  nifti.datatype = 16;
  nifti.bitpix = 32;
  std::vector<float> values(210, 1.5f);
  values[100] = std::numeric_limits<float>::quiet_NaN();
  nifti.set_voxels(values);
  refusal_of("nan_voxel.nii", nifti.bytes());
}

TEST_F(RefusedInput, OneVoxelThick) {
  NiftiBytes nifti;
  nifti.dim = {3, 7, 5, 1, 1, 1, 1, 1};
  std::vector<std::int16_t> values;
  for (int n = 0; n < 35; ++n) values.push_back(static_cast<std::int16_t>(100 + n * n));
  nifti.set_voxels(values);
  refusal_of("slice.nii", nifti.bytes());
}

TEST_F(RefusedInput, CtForAnMrModel) {
  NiftiBytes nifti;
  nifti.dim = {3, 20, 20, 20, 1, 1, 1, 1};
  std::vector<std::int16_t> values;
  for (int n = 0; n < 8000; ++n) values.push_back(static_cast<std::int16_t>(n < 4000 ? -1000 + n % 17 : 40 + n % 13));
  nifti.set_voxels(values);
  EXPECT_THAT(refusal_of("ct.nii", nifti.bytes()), HasSubstr("looks like CT"));
  EXPECT_EQ(denoise(file("ct.nii"), file("forced.nii"), {"--force"}).exit_code, 0);
}

TEST_F(RefusedInput, NegativeVoxelsForRicianNoise) {
  NiftiBytes nifti;
  std::vector<std::int16_t> values;
  for (int n = 0; n < 210; ++n) values.push_back(static_cast<std::int16_t>(n * n - 50));
  nifti.set_voxels(values);
  EXPECT_THAT(refusal_of("signed.nii", nifti.bytes(), {"--noise", "rician"}), HasSubstr("gaussian"));
}

TEST_F(RefusedInput, TwinsBesideTheNamedFileAreNotRead) {
  put_bytes(scratch_ / "A.nii", NiftiBytes().bytes());
  refusal_of("A.nii.gz", "not a volume");
  EXPECT_EQ(test::voxprior_run({"info", file("A.nii")}).exit_code, 0);
}

}  // namespace
}  // namespace voxprior
