#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/workflows/workflow_test.h"

namespace voxprior {
namespace {

using ConvertCommand = test::WorkflowTest;

TEST_F(ConvertCommand, ChainThroughAllFormatsKeepsVoxelsAndPlace) {
  Volume volume = test::awkward_volume();
  volume.stored.type = VoxelType::int16;
  write_volume(scratch_ / "a.nii.gz", volume);
  const Volume first = read_volume(scratch_ / "a.nii.gz");

  std::string from = "a.nii.gz";
  for (const std::string to : {"b.nrrd", "c.mha", "d.nii", "e.nii.gz"}) {
    const test::Outcome outcome = test::voxprior_run({"convert", file(from), file(to)});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    from = to;
  }

  const Volume last = read_volume(scratch_ / from);
  EXPECT_EQ(last.voxels, first.voxels);
  EXPECT_EQ(last.stored.type, VoxelType::int16);
  for (int n = 0; n < 3; ++n) {
    EXPECT_NEAR(last.geometry.spacing_mm[n], volume.geometry.spacing_mm[n], 1e-6);
    EXPECT_NEAR(last.geometry.origin_mm[n], volume.geometry.origin_mm[n], 1e-4);  // float32 in NIfTI: 203.125 +- 8e-6
  }
  for (int n = 0; n < 9; ++n) EXPECT_NEAR(last.geometry.lps_from_index[n], volume.geometry.lps_from_index[n], 1e-6);
}

TEST_F(ConvertCommand, UnknownEndingIsMisuseAndDamageIsRefused) {
  write_volume(scratch_ / "a.nii", test::awkward_volume());
  test::expect_refused(test::voxprior_run({"convert", file("a.nii"), file("b.jpg")}), 2, "convert");
  test::put_bytes(scratch_ / "bad.nii", "short");
  test::expect_refused(test::voxprior_run({"convert", file("bad.nii"), file("b.nrrd")}), 3, "convert");
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "b.nrrd"));
}

}  // namespace
}  // namespace voxprior
