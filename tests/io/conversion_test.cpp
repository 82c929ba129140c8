// From one format to another: the same voxels at the same place.
#include <gmock/gmock.h>

#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/support/nifti_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::DoubleNear;
using testing::HasSubstr;
using testing::Pointwise;

TEST(Conversion, ThroughEveryFormatAndBackGivesTheSameNiftiVoxelsAndPlace) {
  const test::ScratchFolder scratch;
  test::put_bytes(scratch / "a.nii", test::NiftiBytes().bytes());
  const Volume first = read_volume(scratch / "a.nii");
  write_volume(scratch / "b.nrrd", first);
  write_volume(scratch / "c.mha", read_volume(scratch / "b.nrrd"));
  write_volume(scratch / "d.nii.gz", read_volume(scratch / "c.mha"));
  const Volume last = read_volume(scratch / "d.nii.gz");
  EXPECT_EQ(last.voxels, first.voxels);
  EXPECT_EQ(last.stored.type, VoxelType::int16);
  EXPECT_EQ(last.geometry.size, first.geometry.size);
  EXPECT_EQ(last.geometry.origin_mm, first.geometry.origin_mm);
  // Text with 17 digits and float32 affines: measured 0 to 3e-8.
  EXPECT_THAT(last.geometry.spacing_mm, Pointwise(DoubleNear(1e-7), first.geometry.spacing_mm));
  EXPECT_THAT(last.geometry.lps_from_index, Pointwise(DoubleNear(1e-7), first.geometry.lps_from_index));
}

TEST(Conversion, BetweenNrrdAndMetaImageKeepsAllDigits) {
  const test::ScratchFolder scratch;
  const Volume first = test::awkward_volume();
  write_volume(scratch / "a.nrrd", first);
  write_volume(scratch / "b.mha", read_volume(scratch / "a.nrrd"));
  const Geometry last = read_volume(scratch / "b.mha").geometry;
  EXPECT_EQ(last.origin_mm, first.geometry.origin_mm);
  EXPECT_THAT(last.spacing_mm, Pointwise(DoubleNear(2e-15), first.geometry.spacing_mm));
  EXPECT_THAT(last.lps_from_index, Pointwise(DoubleNear(2e-15), first.geometry.lps_from_index));
}

TEST(Conversion, FieldsOfOneFormatDoNotTurnUpInAnother) {
  const test::ScratchFolder scratch;
  Volume volume = test::awkward_volume();
  write_volume(scratch / "a.nrrd", volume);
  write_volume(scratch / "b.mha", read_volume(scratch / "a.nrrd"));
  EXPECT_THAT(test::bytes_of(scratch / "b.mha"), testing::Not(HasSubstr("NRRD")));
}

TEST(FormatOfName, FollowsTheEnding) {
  EXPECT_EQ(format_of_name("a.nii"), FileFormat::nifti);
  EXPECT_EQ(format_of_name("folder.mha/A.NII.GZ"), FileFormat::nifti);
  EXPECT_EQ(format_of_name("a.nii.nrrd"), FileFormat::nrrd);
  EXPECT_EQ(format_of_name("a.mha"), FileFormat::metaimage);
  for (const char* name : {"a", "a.gz", "a.png", ".nii", "a.nii.bz2", "", "folder.nii/"}) {
    EXPECT_THAT(test::refusal(ExitCode::usage, [&] { format_of_name(name); }), HasSubstr("unknown kind")) << name;
  }
}

}  // namespace
}  // namespace voxprior
