// The real volumes of testdata/ (their source and licence are named there).
#include <gmock/gmock.h>

#include <algorithm>

#include "base/sha256.h"
#include "io/volume_file.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pointwise;

const std::filesystem::path kFolder = VOXPRIOR_TESTDATA;

TEST(RealVolume, BrainLiesWhereItsHeaderSays) {
  const Volume brain = read_volume(kFolder / "brain_t1_sub-41.nii.gz");
  EXPECT_THAT(brain.geometry.size, ElementsAre(163, 189, 139));
  EXPECT_EQ(brain.stored.type, VoxelType::int16);
  EXPECT_THAT(brain.geometry.spacing_mm, Pointwise(DoubleNear(1e-4), {0.868056, 0.868056, 1.}));
  EXPECT_THAT(brain.geometry.origin_mm, Pointwise(DoubleNear(1e-4), {63.5847, 73.4251, -9.5380}));
  EXPECT_THAT(brain.notices, IsEmpty());
  EXPECT_EQ(*std::min_element(brain.voxels.begin(), brain.voxels.end()), 0);
}

TEST(RealVolume, TheCropIsThatPartOfTheWholeAtTheSamePlace) {
  const Volume whole = read_volume(kFolder / "brain_t1_sub-41.nii.gz"),
               crop = read_volume(kFolder / "brain_t1_crop.nii.gz");
  const std::int64_t start[3] = {45, 130, 70};
  const auto& n = crop.geometry.size;
  for (std::int64_t k = 0; k < n[2]; ++k) {
    for (std::int64_t j = 0; j < n[1]; ++j) {
      const auto row = whole.voxels.begin() +
                       ((k + start[2]) * whole.geometry.size[1] + j + start[1]) * whole.geometry.size[0] + start[0];
      ASSERT_TRUE(std::equal(row, row + n[0], crop.voxels.begin() + (k * n[1] + j) * n[0]));
    }
  }
  for (int axis = 0; axis < 3; ++axis) {
    double expected = whole.geometry.origin_mm[axis];
    for (int m = 0; m < 3; ++m) {
      expected +=
          whole.geometry.lps_from_index[3 * axis + m] * whole.geometry.spacing_mm[m] * static_cast<double>(start[m]);
    }
    EXPECT_NEAR(crop.geometry.origin_mm[axis], expected, 1e-5);  // float32 in the file
  }
}

TEST(RealVolume, AnUnchangedVolumeComesBackByteForByte) {
  const test::ScratchFolder scratch;
  for (const char* name : {"brain_t1_sub-41.nii.gz", "brain_t1_crop.nii.gz", "head_t1_crop.nii.gz"}) {
    write_volume(scratch / "once.nii", read_volume(kFolder / name), {Overwrite::yes, ""});
    write_volume(scratch / "twice.nii.gz", read_volume(scratch / "once.nii"), {Overwrite::yes, ""});
    write_volume(scratch / "thrice.nii", read_volume(scratch / "twice.nii.gz"), {Overwrite::yes, ""});
    EXPECT_EQ(sha256_of_file(scratch / "once.nii"), sha256_of_file(scratch / "thrice.nii")) << name;
    EXPECT_EQ(read_volume(scratch / "once.nii").voxels, read_volume(kFolder / name).voxels) << name;
    EXPECT_EQ(read_volume(scratch / "once.nii").stored.native_header, read_volume(kFolder / name).stored.native_header);
  }
}

}  // namespace
}  // namespace voxprior
