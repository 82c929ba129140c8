#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/support/gzip_bytes.h"
#include "tests/support/nifti_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using test::NiftiBytes;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

class NiftiWrite : public testing::Test {
 protected:
  Volume read(const std::string& bytes) {
    test::put_bytes(scratch_ / "in.nii", bytes);
    return read_volume(scratch_ / "in.nii");
  }
  std::string written(const Volume& volume, const std::string& description = "") {
    WriteOptions options;
    options.overwrite = Overwrite::yes;
    options.description = description;
    write_volume(scratch_ / "out.nii", volume, options);
    return test::bytes_of(scratch_ / "out.nii");
  }
  Volume written_and_read(const Volume& volume) { return read(written(volume)); }
  test::ScratchFolder scratch_;
};

template <typename T>
NiftiBytes file_of(int datatype, T first, T step) {
  NiftiBytes file;
  file.datatype = datatype;
  file.bitpix = 8 * sizeof(T);
  std::vector<T> values;
  for (int n = 0; n < 210; ++n) values.push_back(static_cast<T>(first + step * static_cast<T>(n)));
  file.set_voxels(values);
  return file;
}

TEST_F(NiftiWrite, AnUnchangedVolumeComesBackByteForByteForEachType) {
  NiftiBytes files[] = {file_of<std::uint8_t>(2, 40, 1),     file_of<std::int16_t>(4, -32768, 313),
                        file_of<std::int32_t>(8, -9000, 77), file_of<float>(16, -3.3f, 0.7f),
                        file_of<double>(64, -3.25, 0.5),     file_of<std::int8_t>(256, -128, 1),
                        file_of<std::uint16_t>(512, 5, 313), file_of<std::uint32_t>(768, 5, 78901)};
  for (NiftiBytes& file : files) {
    for (const int version : {1, 2}) {
      for (const bool big_endian : {false, true}) {
        file.version = version;
        if (file.big_endian != big_endian) {  // the voxels were made in the other order
          const std::size_t width = static_cast<std::size_t>(file.bitpix) / 8;
          for (std::size_t n = 0; n < file.voxels.size(); n += width) {
            std::reverse(file.voxels.begin() + static_cast<long>(n),
                         file.voxels.begin() + static_cast<long>(n + width));
          }
        }
        file.big_endian = big_endian;
        EXPECT_EQ(written(read(file.bytes())), file.bytes())
            << "datatype " << file.datatype << ", NIfTI-" << version << ", big-endian " << big_endian;
      }
    }
  }
}

TEST_F(NiftiWrite, ScaledIntegersComeBackByteForByte) {
  NiftiBytes file = file_of<std::int16_t>(4, -32768, 313);
  file.scl_slope = 0.0371;
  file.scl_inter = -1024;
  EXPECT_EQ(written(read(file.bytes())), file.bytes());
}

TEST_F(NiftiWrite, ExtensionsComeBack) {
  NiftiBytes file;
  file.extensions = std::string("\x20\0\0\0\x06\0\0\0", 8) + std::string(24, 'c');
  EXPECT_EQ(written(read(file.bytes())), file.bytes());
}

TEST_F(NiftiWrite, ADescriptionChangesItsFieldAlone) {
  NiftiBytes file;
  const Volume volume = read(file.bytes());
  file.descrip = "voxprior 0.1.0 denoise";
  EXPECT_EQ(written(volume, file.descrip), file.bytes());
  file.descrip = std::string(79, 'd');
  EXPECT_EQ(written(volume, std::string(200, 'd')), file.bytes());
}

TEST_F(NiftiWrite, ACompressedFileHoldsTheSameBytesAndIsTheSameEachTime) {
  const Volume volume = read(NiftiBytes().bytes());
  write_volume(scratch_ / "a.nii.gz", volume);
  write_volume(scratch_ / "b.nii.gz", volume);
  EXPECT_EQ(test::bytes_of(scratch_ / "a.nii.gz"), test::bytes_of(scratch_ / "b.nii.gz"));
  EXPECT_EQ(test::gunzip_bytes(test::bytes_of(scratch_ / "a.nii.gz")), NiftiBytes().bytes());
}

TEST_F(NiftiWrite, RoundsToNearestAndClipsWithACount) {
  Volume volume = read(file_of<std::uint8_t>(2, 40, 1).bytes());
  volume.voxels[0] = 41.4f, volume.voxels[1] = 41.6f, volume.voxels[2] = -0.4f, volume.voxels[3] = 254.9f;
  volume.voxels[4] = -0.6f, volume.voxels[5] = 255.6f, volume.voxels[6] = 1e30f;
  const WriteReport report = write_volume(scratch_ / "out.nii", volume);
  EXPECT_EQ(report.clipped_voxels, 3);
  const std::vector<float> again = read_volume(scratch_ / "out.nii").voxels;
  EXPECT_EQ(std::vector<float>(again.begin(), again.begin() + 8),
            (std::vector<float>{41, 42, 0, 255, 0, 255, 255, 47}));
}

TEST_F(NiftiWrite, RefusesNanAndLeavesNothing) {
  Volume volume = test::awkward_volume();
  volume.voxels[9] = NAN;
  for (const VoxelType type : {VoxelType::int16, VoxelType::float32}) {
    volume.stored.type = type;
    EXPECT_THAT(test::refusal(ExitCode::output, [&] { write_volume(scratch_ / "out.nii", volume); }),
                testing::HasSubstr("1 voxels are NaN or infinite"));
  }
  EXPECT_THAT(scratch_.names(), testing::IsEmpty());
}

TEST_F(NiftiWrite, AChangedGridChangesSizesAndBothFormsAndKeepsTheRest) {
  Volume volume = read(NiftiBytes().bytes());
  volume.geometry.size = {6, 5, 7};
  volume.geometry.origin_mm = {-12, 24, 36};
  const std::string bytes = written(volume);

  NiftiBytes expected;
  expected.dim = {3, 6, 5, 7, 1, 1, 1, 1};
  expected.qform_code = 4;  // both forms now say the same, so both carry the code of the one that was used
  expected.quatern[3] = expected.srow[3] = 12;
  expected.quatern[4] = expected.srow[7] = -24;
  expected.quatern[5] = expected.srow[11] = 36;
  EXPECT_EQ(bytes, expected.bytes());
}

/// NIfTI-1 stores float32: the sform rounds each element, the qform derives a = sqrt(1 - b^2 - c^2 - d^2) from rounded
/// numbers. Measured: 1e-7 (sform), 4e-7 and, for the flipped grid, 1.5e-6 (qform).
void expect_same_place(const Geometry& found, const Geometry& expected) {
  EXPECT_THAT(found.spacing_mm, Pointwise(DoubleNear(3e-7), expected.spacing_mm));
  EXPECT_THAT(found.origin_mm, Pointwise(DoubleNear(1e-5), expected.origin_mm));
  EXPECT_THAT(found.lps_from_index, Pointwise(DoubleNear(5e-6), expected.lps_from_index));
}

std::string without_sform(std::string bytes) {
  bytes[254] = 0;  // sform_code
  return bytes;
}

TEST_F(NiftiWrite, QformAndSformOfANewFileAgree) {
  const Volume volume = test::awkward_volume();
  const std::string bytes = written(volume);
  expect_same_place(read(bytes).geometry, volume.geometry);
  expect_same_place(read(without_sform(bytes)).geometry, volume.geometry);
}

TEST_F(NiftiWrite, MirroredAxesSurviveInBothForms) {
  Volume volume = test::awkward_volume();
  for (const int n : {1, 4, 7}) volume.geometry.lps_from_index[n] *= -1;  // a left-handed grid, flipped along j
  const std::string bytes = written(volume);
  expect_same_place(read(bytes).geometry, volume.geometry);
  expect_same_place(read(without_sform(bytes)).geometry, volume.geometry);
}

TEST_F(NiftiWrite, AVolumeOutOfA4dFileIsWrittenAs3d) {
  NiftiBytes file;
  file.dim = {4, 7, 5, 6, 3, 1, 1, 1};
  test::put_bytes(scratch_ / "in.nii", file.bytes());
  ReadOptions options;
  options.volume_of_4d = 1;
  const Volume again = written_and_read(read_volume(scratch_ / "in.nii", options));
  EXPECT_EQ(again.voxels[0], 3 * 210 - 1000);
}

TEST_F(NiftiWrite, AnotherTypeIsStoredWithoutTheOldScale) {
  NiftiBytes file;
  file.scl_slope = 0.5;
  Volume volume = read(file.bytes());
  volume.stored.type = VoxelType::float32;
  volume.stored.slope = 1;
  volume.stored.intercept = 0;
  volume.voxels[0] = 0.123f;
  const Volume again = written_and_read(volume);
  EXPECT_EQ(again.voxels, volume.voxels);
  EXPECT_EQ(again.stored.type, VoxelType::float32);
  EXPECT_EQ(again.stored.slope, 1);
}

TEST_F(NiftiWrite, SizesBeyondNifti1AreWrittenAsNifti2) {
  Volume volume;
  volume.geometry.size = {40000, 2, 2};
  volume.voxels.assign(160000, 1);
  volume.voxels[40001] = 2;
  const Volume again = written_and_read(volume);
  EXPECT_THAT(again.geometry.size, ElementsAre(40000, 2, 2));
  EXPECT_EQ(again.voxels, volume.voxels);
}

TEST_F(NiftiWrite, RefusesAVolumeThatContradictsItself) {
  Volume volume = test::awkward_volume();
  volume.voxels.pop_back();
  EXPECT_THAT(test::refusal(ExitCode::bug, [&] { written(volume); }), testing::HasSubstr("voxels and size disagree"));
  volume = test::awkward_volume();
  volume.geometry.spacing_mm[1] = 0;
  EXPECT_THAT(test::refusal(ExitCode::bug, [&] { written(volume); }), testing::HasSubstr("spacing"));
  volume = test::awkward_volume();
  volume.stored.slope = 0;
  EXPECT_THAT(test::refusal(ExitCode::bug, [&] { written(volume); }), testing::HasSubstr("slope"));
  EXPECT_THAT(scratch_.names(), testing::IsEmpty());
}

}  // namespace
}  // namespace voxprior
