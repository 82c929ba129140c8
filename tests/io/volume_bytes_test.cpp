#include "io/volume_bytes.h"

#include <gtest/gtest.h>

#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

TEST(VolumeBytes, AreThoseOfTheFile) {
  const test::ScratchFolder scratch;
  const Volume volume = test::awkward_volume();
  write_volume(scratch / "a.nii.gz", volume);
  EXPECT_EQ(nifti_gzip_bytes(volume), test::bytes_of(scratch / "a.nii.gz"));
}

}  // namespace
}  // namespace voxprior
