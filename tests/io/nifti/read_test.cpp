#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "io/volume_file.h"
#include "tests/support/gzip_bytes.h"
#include "tests/support/nifti_bytes.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using test::NiftiBytes;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pointwise;

class NiftiRead : public testing::Test {
 protected:
  Volume read(const NiftiBytes& file, const ReadOptions& options = {}) {
    test::put_bytes(scratch_ / "a.nii", file.bytes());
    return read_volume(scratch_ / "a.nii", options);
  }
  test::ScratchFolder scratch_;
};

// The default file: cosine 0.8, sine 0.6 about z, spacing 0.5, 1.25, 2 and origin 11, -22, 33 in RAS.
const std::array<double, 9> kTurnedInLps = {-0.8, 0.6, 0, -0.6, -0.8, 0, 0, 0, 1};

TEST_F(NiftiRead, BothVersionsAndByteOrdersGiveTheSameVolume) {
  for (const int version : {1, 2}) {
    for (const bool big_endian : {false, true}) {
      NiftiBytes file;
      file.version = version;
      file.big_endian = big_endian;
      const Volume volume = read(file);
      EXPECT_THAT(volume.geometry.size, ElementsAre(7, 5, 6));
      for (int n = 0; n < 210; ++n) ASSERT_EQ(volume.voxels[n], 3 * n - 1000);
      EXPECT_EQ(volume.stored.type, VoxelType::int16);
      EXPECT_THAT(volume.notices, IsEmpty());
    }
  }
}

TEST_F(NiftiRead, SformTurnsRasIntoLps) {
  NiftiBytes file;
  file.qform_code = 0;
  const Geometry geometry = read(file).geometry;
  EXPECT_THAT(geometry.spacing_mm, Pointwise(DoubleNear(1e-7), {0.5, 1.25, 2.}));  // float32 in the file
  EXPECT_THAT(geometry.origin_mm, ElementsAre(-11, 22, 33));
  EXPECT_THAT(geometry.lps_from_index, Pointwise(DoubleNear(1e-7), kTurnedInLps));
}

TEST_F(NiftiRead, QformDescribesTheSameGridAsTheSform) {
  NiftiBytes file;
  file.sform_code = 0;
  const Geometry geometry = read(file).geometry;
  EXPECT_THAT(geometry.spacing_mm, Pointwise(DoubleNear(1e-7), {0.5, 1.25, 2.}));
  EXPECT_THAT(geometry.origin_mm, ElementsAre(-11, 22, 33));
  EXPECT_THAT(geometry.lps_from_index, Pointwise(DoubleNear(1e-7), kTurnedInLps));
}

TEST_F(NiftiRead, NegativeQfacFlipsTheThirdAxis) {
  NiftiBytes file;
  file.sform_code = 0;
  file.pixdim[0] = -1;
  EXPECT_THAT(read(file).geometry.lps_from_index,
              Pointwise(DoubleNear(1e-7), {-0.8, 0.6, 0., -0.6, -0.8, 0., 0., 0., -1.}));
}

TEST_F(NiftiRead, SformWinsOverQformAndADisagreementIsTold) {
  NiftiBytes file;
  file.srow[3] = 50;
  EXPECT_EQ(read(file).geometry.origin_mm[0], -50);
  EXPECT_THAT(read(file).notices, IsEmpty());  // different codes: scanner and MNI space may well differ
  file.qform_code = file.sform_code;
  EXPECT_THAT(read(file).notices, ElementsAre(HasSubstr("sform and qform disagree")));
}

TEST_F(NiftiRead, WithoutAnyOrientationVoxelSizesRunAlongRas) {
  NiftiBytes file;
  file.qform_code = file.sform_code = 0;
  const Volume volume = read(file);
  EXPECT_THAT(volume.geometry.spacing_mm, ElementsAre(0.5, 1.25, 2));
  EXPECT_THAT(volume.geometry.origin_mm, ElementsAre(0, 0, 0));
  EXPECT_THAT(volume.geometry.lps_from_index, ElementsAre(-1, 0, 0, 0, -1, 0, 0, 0, 1));
  EXPECT_THAT(volume.notices, ElementsAre(HasSubstr("no orientation")));
}

TEST_F(NiftiRead, MetresAndMicrometresBecomeMillimetres) {
  NiftiBytes file;
  file.xyzt_units = 1;
  EXPECT_THAT(read(file).geometry.spacing_mm, Pointwise(DoubleNear(1e-4), {500., 1250., 2000.}));
  file.xyzt_units = 3;
  EXPECT_THAT(read(file).geometry.origin_mm, Pointwise(DoubleNear(1e-9), {-0.011, 0.022, 0.033}));
  file.xyzt_units = 0;
  EXPECT_THAT(read(file).notices, ElementsAre(HasSubstr("millimetres assumed")));
}

TEST_F(NiftiRead, SlopeAndInterceptApplyUnlessTheSlopeIsZero) {
  NiftiBytes file;
  file.scl_slope = 0.5;
  file.scl_inter = -7;
  const Volume scaled = read(file);
  EXPECT_EQ(scaled.voxels[2], 0.5 * (3 * 2 - 1000) - 7);
  EXPECT_EQ(scaled.stored.slope, 0.5);
  EXPECT_EQ(scaled.stored.intercept, -7);
  file.scl_slope = 0;
  const Volume plain = read(file);
  EXPECT_EQ(plain.voxels[2], 3 * 2 - 1000);
  EXPECT_EQ(plain.stored.slope, 1);
  EXPECT_EQ(plain.stored.intercept, 0);
}

TEST_F(NiftiRead, TrailingDimensionsOfOneAreFine) {
  NiftiBytes file;
  file.dim = {7, 7, 5, 6, 1, 1, 1, 1};
  EXPECT_EQ(read(file).voxels.size(), 210u);
}

TEST_F(NiftiRead, TakesTheVolumeAskedForOutOfFour) {
  NiftiBytes file;
  file.dim = {4, 7, 5, 6, 4, 1, 1, 1};
  for (int index = 0; index < 4; ++index) {
    ReadOptions options;
    options.volume_of_4d = index;
    const Volume volume = read(file, options);
    ASSERT_EQ(volume.voxels.size(), 210u);
    EXPECT_EQ(volume.voxels.front(), 3 * 210 * index - 1000);
    EXPECT_EQ(volume.voxels.back(), 3 * (210 * index + 209) - 1000);
    EXPECT_EQ(count_volumes(scratch_ / "a.nii"), 4);
  }
}

TEST_F(NiftiRead, A3dFileHoldsOneVolume) {
  read(NiftiBytes());
  EXPECT_EQ(count_volumes(scratch_ / "a.nii"), 1);
}

TEST_F(NiftiRead, ExtensionsAreKeptAndNotReadAsVoxels) {
  NiftiBytes file;
  file.extensions = std::string(32, 'e');
  const Volume volume = read(file);
  EXPECT_EQ(volume.voxels[0], -1000);
  EXPECT_EQ(volume.stored.native_header.size(), 352u + 32);
}

TEST_F(NiftiRead, NonfiniteVoxelsBecomeZeroOnRequestWithTheirCount) {
  NiftiBytes file;
  file.datatype = 16, file.bitpix = 32;
  std::vector<float> values(210, 1);
  values[3] = NAN, values[100] = INFINITY;
  file.set_voxels(values);
  ReadOptions options;
  options.nonfinite = Nonfinite::zero;
  const Volume volume = read(file, options);
  EXPECT_EQ(volume.voxels[3], 0);
  EXPECT_EQ(volume.voxels[100], 0);
  EXPECT_EQ(volume.voxels[4], 1);
  EXPECT_THAT(volume.notices, ElementsAre(HasSubstr("2 NaN or infinite voxels were replaced")));
}

TEST_F(NiftiRead, LostPrecisionIsTold) {
  NiftiBytes file;
  file.datatype = 8, file.bitpix = 32;
  std::vector<std::int32_t> values(210, 1 << 24);
  values[7] = (1 << 24) + 1;  // the first integer that float32 does not have
  file.set_voxels(values);
  EXPECT_THAT(read(file).notices, ElementsAre(HasSubstr("1 voxels stored as int32 were rounded")));

  file.datatype = 64, file.bitpix = 64;
  std::vector<double> reals(210, 0.5);
  reals[0] = 0.1;
  file.set_voxels(reals);
  EXPECT_THAT(read(file).notices, ElementsAre(HasSubstr("1 voxels stored as float64 were rounded")));
}

TEST_F(NiftiRead, ReadsTheNamedFileAndNotItsTwin) {
  NiftiBytes plain, packed;
  plain.set_voxels(std::vector<std::int16_t>(210, 1));
  packed.set_voxels(std::vector<std::int16_t>(210, 2));
  test::put_bytes(scratch_ / "A.nii", plain.bytes());
  test::put_bytes(scratch_ / "A.nii.gz", test::gzip_bytes(packed.bytes()));
  EXPECT_EQ(read_volume(scratch_ / "A.nii").voxels[0], 1);
  EXPECT_EQ(read_volume(scratch_ / "A.nii.gz").voxels[0], 2);
}

}  // namespace
}  // namespace voxprior
