// NRRD and MetaImage: what is written is what is read, by us and by the letter of the formats.
#include <gmock/gmock.h>

#include <limits>

#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/gzip_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::Pointwise;

class ItkRoundTrip : public testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path path(const std::string& stem) const { return scratch_ / (stem + GetParam()); }
  test::ScratchFolder scratch_;
};

TEST_P(ItkRoundTrip, KeepsVoxelsTypeAndGeometryForEachType) {
  for (const VoxelType type : {VoxelType::int8, VoxelType::uint8, VoxelType::int16, VoxelType::uint16, VoxelType::int32,
                               VoxelType::uint32, VoxelType::float32, VoxelType::float64}) {
    Volume before = test::awkward_volume();
    before.stored.type = type;
    const bool one_byte = type == VoxelType::int8 || type == VoxelType::uint8;
    const bool is_unsigned = type == VoxelType::uint8 || type == VoxelType::uint16 || type == VoxelType::uint32;
    for (std::size_t n = 0; n < before.voxels.size(); ++n) {
      before.voxels[n] = static_cast<float>(n) * (one_byte ? 1.f : 3.f) - (is_unsigned ? 0.f : 128.f);
    }
    WriteOptions options;
    options.overwrite = Overwrite::yes;
    write_volume(path("a"), before, options);
    const Volume after = read_volume(path("a"));
    EXPECT_EQ(after.voxels, before.voxels) << static_cast<int>(type);
    EXPECT_EQ(after.stored.type, type);
    EXPECT_EQ(after.geometry.size, before.geometry.size);
    EXPECT_THAT(after.geometry.spacing_mm, Pointwise(DoubleNear(1e-15), before.geometry.spacing_mm));
    EXPECT_EQ(after.geometry.origin_mm, before.geometry.origin_mm);
    EXPECT_THAT(after.geometry.lps_from_index, Pointwise(DoubleNear(1e-15), before.geometry.lps_from_index));
    EXPECT_THAT(after.notices, IsEmpty());
  }
}

TEST_P(ItkRoundTrip, RoundsAndClipsWithACount) {
  Volume volume = test::awkward_volume();
  volume.stored.type = VoxelType::int16;
  volume.voxels[0] = 0.6f, volume.voxels[1] = 40000, volume.voxels[2] = -40000;
  EXPECT_EQ(write_volume(path("a"), volume).clipped_voxels, 2);
  const std::vector<float> again = read_volume(path("a")).voxels;
  EXPECT_EQ(std::vector<float>(again.begin(), again.begin() + 3), (std::vector<float>{1, 32767, -32768}));
}

TEST_P(ItkRoundTrip, KeepsMetadataAndDescription) {
  Volume volume = test::awkward_volume();
  volume.stored.format = format_of_name(path("a"));
  volume.stored.metadata["Site"] = "north wing";
  WriteOptions options;
  options.description = "voxprior 0.1.0 denoise";
  write_volume(path("a"), volume, options);
  const Volume again = read_volume(path("a"));
  EXPECT_THAT(again.stored.metadata, testing::Contains(Pair("Site", "north wing")));
  EXPECT_THAT(test::bytes_of(path("a")), HasSubstr("voxprior 0.1.0 denoise"));

  write_volume(path("b"), again, options);  // and once more, with what was read
  EXPECT_EQ(read_volume(path("b")).stored.metadata, again.stored.metadata);
}

TEST_P(ItkRoundTrip, GivesTheSameFileEachTime) {
  write_volume(path("a"), test::awkward_volume());
  write_volume(path("b"), test::awkward_volume());
  EXPECT_EQ(test::bytes_of(path("a")), test::bytes_of(path("b")));
  EXPECT_EQ(scratch_.names().size(), 2u);
}

TEST_P(ItkRoundTrip, AScaledVolumeIsWrittenAsFloatAndTold) {
  Volume volume = test::awkward_volume();
  volume.stored.type = VoxelType::uint16;
  volume.stored.slope = 0.25;
  volume.stored.intercept = -1024;
  volume.voxels[7] = 0.25f;
  const WriteReport report = write_volume(path("a"), volume);
  EXPECT_THAT(report.notices, ElementsAre(HasSubstr("float32")));
  const Volume again = read_volume(path("a"));
  EXPECT_EQ(again.voxels, volume.voxels);
  EXPECT_EQ(again.stored.type, VoxelType::float32);
}

TEST_P(ItkRoundTrip, RefusesToReplaceUnlessAskedTo) {
  test::put_bytes(path("a"), "old");
  EXPECT_THAT(test::refusal(ExitCode::output, [&] { write_volume(path("a"), test::awkward_volume()); }),
              HasSubstr("exists"));
  EXPECT_EQ(test::bytes_of(path("a")), "old");
}

TEST_P(ItkRoundTrip, AWriteThatFailsHalfwayLeavesNothing) {
  Volume volume = test::awkward_volume();
  for (std::size_t n = 0; n < volume.voxels.size(); ++n)
    volume.voxels[n] = static_cast<float>((n * 7919 % 1009) / 997.0);
  const test::FileSizeLimit limit(700);  // the header fits, the voxels do not
  EXPECT_THAT(test::refusal(ExitCode::output, [&] { write_volume(path("a"), volume); }), HasSubstr("not written"));
  EXPECT_THAT(scratch_.names(), IsEmpty());
}

TEST_P(ItkRoundTrip, RefusesNanAndLeavesNothing) {
  Volume volume = test::awkward_volume();
  volume.voxels[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(test::refusal(ExitCode::output, [&] { write_volume(path("a"), volume); }), HasSubstr("1 voxels are NaN"));
  EXPECT_THAT(scratch_.names(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(, ItkRoundTrip, testing::Values(".nrrd", ".mha"),
                         [](const auto& info) { return std::string(info.param).substr(1); });

}  // namespace
}  // namespace voxprior
