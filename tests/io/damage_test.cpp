// Damage at every place of a small file: a reader may refuse it or read the same volume, never another one.
#include <gmock/gmock.h>

#include <array>

#include "io/volume_file.h"
#include "tests/support/awkward_volume.h"
#include "tests/support/gzip_bytes.h"
#include "tests/support/nifti_bytes.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

/// The stored forms of one volume, each under the name that it needs.
class Damage : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::filesystem::path path = scratch_ / (std::string("good") + GetParam());
    Volume volume = test::awkward_volume();
    volume.stored.type = VoxelType::int16;
    write_volume(path, volume);
    good_ = test::bytes_of(path);
    expected_ = read_volume(path);
  }
  Volume read(const std::string& bytes) {
    const std::filesystem::path path = scratch_ / (std::string("bad") + GetParam());
    test::put_bytes(path, bytes);
    return read_volume(path);
  }

  test::ScratchFolder scratch_;
  std::string good_;
  Volume expected_;
};

TEST_P(Damage, ACutAtAnyByteIsRefused) {
  for (std::size_t length = 0; length < good_.size(); ++length) {
    EXPECT_THROW(read(good_.substr(0, length)), Error) << length << " of " << good_.size() << " bytes";
  }
}

TEST_P(Damage, AnExtraByteIsRefused) { EXPECT_THROW(read(good_ + '\0'), Error); }

TEST_P(Damage, AWrongByteAnywhereNeverEndsTheProcess) {
  int refused = 0;
  for (std::size_t n = 0; n < good_.size(); ++n) {
    std::string bad = good_;
    bad[n] = static_cast<char>(bad[n] ^ std::array{0x01, 0x80, 0xff}[n % 3]);
    try {
      const Volume volume = read(bad);
      EXPECT_EQ(static_cast<std::int64_t>(volume.voxels.size()), volume.geometry.voxel_count()) << "byte " << n;
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0);
}

INSTANTIATE_TEST_SUITE_P(, Damage, testing::Values(".nii", ".nii.gz", ".nrrd", ".mha"), [](const auto& info) {
  return std::string(info.param).substr(1, 3) + std::to_string(info.index);
});

TEST(CompressedDamage, AWrongByteOfTheVoxelsIsAlwaysSeen) {
  const test::ScratchFolder scratch;
  const std::string good = test::gzip_bytes(test::NiftiBytes().bytes());
  test::put_bytes(scratch / "good.nii.gz", good);
  const Volume expected = read_volume(scratch / "good.nii.gz");
  int refused = 0;
  for (std::size_t n = 0; n < good.size(); ++n) {
    std::string bad = good;
    bad[n] = static_cast<char>(bad[n] ^ 0x10);
    test::put_bytes(scratch / "bad.nii.gz", bad);
    try {
      EXPECT_EQ(read_volume(scratch / "bad.nii.gz").voxels, expected.voxels) << "byte " << n;
    } catch (const Error&) {
      ++refused;
    }
  }
  // Unseen, because without meaning: 6 bytes of the gzip header (time, level, system) and the bits between the end of
  // the deflate stream and the next whole byte.
  EXPECT_GE(refused, static_cast<int>(good.size()) - 7);
}

}  // namespace
}  // namespace voxprior
