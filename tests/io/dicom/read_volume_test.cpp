#include "io/dicom/read_volume.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "io/dicom/find_series.h"
#include "tests/io/dicom/synthetic_image.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;
using test::SyntheticImage;
using test::write_series;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Volume read_only_volume(const fs::path& folder, const DicomReadOptions& options = {}) {
  const std::vector<DicomSeries> found = find_dicom_series({folder});
  if (found.size() != 1) ADD_FAILURE() << found.size() << " series";
  return read_dicom_volume(found.at(0), 0, options);
}

class ReadDicomVolume : public testing::Test {
 protected:
  test::ScratchFolder scratch_;
};

TEST_F(ReadDicomVolume, VoxelsAreHounsfieldUnitsInTheOrderOfPositions) {
  write_series(scratch_.path(), 5, 2.5);
  const Volume volume = read_only_volume(scratch_.path());
  EXPECT_EQ(volume.modality, Modality::ct);
  ASSERT_EQ(volume.voxels.size(), 60u);
  for (int k = 0; k < 5; ++k) EXPECT_EQ(volume.voxels[12 * k], k - 1024);  // the first pixel says the plane
  EXPECT_EQ(volume.voxels[4], 10 - 1024);                                  // one row down
  EXPECT_EQ(volume.voxels[11], 4095 - 1024);
  EXPECT_EQ(volume.stored.type, VoxelType::uint16);
  EXPECT_EQ(volume.stored.slope, 1);
  EXPECT_EQ(volume.stored.intercept, -1024);
  EXPECT_THAT(volume.notices, IsEmpty());
}

TEST_F(ReadDicomVolume, ShuffledAndRenamedFilesGiveTheSameVolume) {
  write_series(scratch_ / "a", 20, 2.5,
               [](int n, SyntheticImage& image) { image.stored[3] = static_cast<std::int16_t>(n * n); });
  const Volume expected = read_only_volume(scratch_ / "a");
  for (unsigned seed = 0; seed < 3; ++seed) {
    std::vector<int> order(20);
    for (int n = 0; n < 20; ++n) order[n] = n;
    std::shuffle(order.begin(), order.end(), std::mt19937(seed));
    const fs::path folder = scratch_ / std::to_string(seed);
    for (int n = 0; n < 20; ++n) {
      const fs::path deep = folder / std::to_string(order[n] % 3);
      fs::create_directories(deep);
      fs::copy(scratch_ / "a" / ("image" + std::to_string(n)), deep / (std::to_string(order[n]) + ".ima"));
    }
    const Volume found = read_only_volume(folder);
    EXPECT_EQ(found.voxels, expected.voxels);
    EXPECT_EQ(found.geometry.origin_mm, expected.geometry.origin_mm);
    EXPECT_EQ(found.geometry.spacing_mm, expected.geometry.spacing_mm);
    EXPECT_EQ(found.geometry.lps_from_index, expected.geometry.lps_from_index);
  }
}

TEST_F(ReadDicomVolume, ThreadsDoNotChangeTheResult) {
  write_series(scratch_.path(), 9, 2.5);
  DicomReadOptions one, four;
  one.threads = 1;
  four.threads = 4;
  EXPECT_EQ(read_only_volume(scratch_.path(), one).voxels, read_only_volume(scratch_.path(), four).voxels);
}

TEST_F(ReadDicomVolume, EverySliceHasItsOwnRescale) {
  write_series(scratch_.path(), 4, 2, [](int n, SyntheticImage& image) {
    image.slope = std::to_string(n + 1);
    image.intercept = std::to_string(-10 * n);
  });
  const Volume volume = read_only_volume(scratch_.path());
  for (int k = 0; k < 4; ++k) {
    const int n = 3 - k;
    EXPECT_EQ(volume.voxels[12 * k + 5], 11 * (n + 1) - 10 * n);
  }
  EXPECT_EQ(volume.stored.type, VoxelType::float32);
  EXPECT_THAT(volume.notices, Contains(HasSubstr("RescaleSlope")));
}

TEST_F(ReadDicomVolume, SignedPixelsAndPaddingKeepTheirValues) {
  write_series(scratch_.path(), 3, 2, [](int, SyntheticImage& image) {
    image.is_signed = true;
    image.stored[7] = -2000;
    image.stored[8] = -1500;
    image.stored[9] = -1400;
    // Written as US, as many scanners do whatever the sign of the pixels: 65536 - 2000 and 65536 - 1500.
    image.more = {{DcmTag(DCM_PixelPaddingValue, EVR_US), "63536"},
                  {DcmTag(DCM_PixelPaddingRangeLimit, EVR_US), "64036"}};
  });
  const Volume volume = read_only_volume(scratch_.path());
  EXPECT_EQ(volume.voxels[7], -2000 - 1024);
  EXPECT_EQ(volume.stored.type, VoxelType::int16);
  EXPECT_THAT(volume.notices, ElementsAre(HasSubstr("6 voxels are padding")));
}

TEST_F(ReadDicomVolume, MrWithoutRescaleIsAsStored) {
  write_series(scratch_.path(), 3, 2, [](int, SyntheticImage& image) {
    image.is_ct = false;
    image.slope = image.intercept = "";
  });
  const Volume volume = read_only_volume(scratch_.path());
  EXPECT_EQ(volume.modality, Modality::mr);
  EXPECT_EQ(volume.voxels[11], 4095);
  EXPECT_EQ(volume.stored.slope, 1);
  EXPECT_EQ(volume.stored.intercept, 0);
}

// The rescale is computed in double unless float32 gives the same: 0.1 and 2^24 + 1 are not float32's.
TEST_F(ReadDicomVolume, RescaleIsRoundedOnce) {
  write_series(scratch_.path(), 3, 2, [](int, SyntheticImage& image) {
    image.slope = "0.1";
    image.intercept = "-1024.3";
  });
  EXPECT_EQ(read_only_volume(scratch_.path()).voxels[11], static_cast<float>(4095 * 0.1 - 1024.3));
  write_series(scratch_.path(), 3, 2, [](int, SyntheticImage& image) {
    image.slope = "4097";  // 4097 * 4095 = 16777215, the last odd number of float32, and 2 * 16777215 - 1 is none
    image.intercept = "16777214";
  });
  EXPECT_EQ(read_only_volume(scratch_.path()).voxels[11], 33554428.f);  // 33554429 lies midway: to even
  EXPECT_EQ(read_only_volume(scratch_.path()).voxels[10], 16777214 + 22 * 4097.f);
}

// 12 bits: 0 and 4095 are each other's mirror image. PS3.3 C.7.6.3.1.2: the least value is shown white.
TEST_F(ReadDicomVolume, Monochrome1IsTurnedOver) {
  write_series(scratch_.path(), 3, 2, [](int, SyntheticImage& image) {
    image.is_ct = false;
    image.slope = "2";
    image.intercept = "1";
    image.more = {{DCM_PhotometricInterpretation, "MONOCHROME1"}};
  });
  const Volume volume = read_only_volume(scratch_.path());
  EXPECT_EQ(volume.voxels[11], 1);
  EXPECT_EQ(volume.voxels[4], 2 * (4095 - 10) + 1);
  EXPECT_THAT(volume.notices, ElementsAre(HasSubstr("MONOCHROME1")));
}

TEST_F(ReadDicomVolume, GapsAreRefusedWithTheirListUnlessAllowed) {
  write_series(scratch_.path(), 6, 2.5);
  fs::remove(scratch_ / "image2");  // the plane at 12.5 mm
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_only_volume(scratch_.path()); }),
              HasSubstr("distances in mm: 2.5 2.5 5 2.5; get the whole series, or allow gaps with --allow-gaps"));
  DicomReadOptions options;
  options.allow_gaps = true;
  const Volume volume = read_only_volume(scratch_.path(), options);
  EXPECT_THAT(volume.geometry.size, ElementsAre(4, 3, 5));
  EXPECT_DOUBLE_EQ(volume.geometry.spacing_mm[2], 2.5);
  EXPECT_THAT(volume.notices,
              ElementsAre(HasSubstr("as if they were 2.5 mm apart; their distances in mm: 2.5 2.5 5 2.5")));
}

TEST_F(ReadDicomVolume, RefusesMoreVoxelsThanAllowed) {
  write_series(scratch_.path(), 5, 2);
  const std::vector<DicomSeries> found = find_dicom_series({scratch_.path()});
  DicomReadOptions options;
  options.limits.max_voxels = 59;
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_dicom_volume(found.at(0), 0, options); }),
              HasSubstr("--max-voxels"));
}

TEST_F(ReadDicomVolume, AFileThatVanishesOrChangesIsRefused) {
  write_series(scratch_.path(), 3, 2);
  const std::vector<DicomSeries> found = find_dicom_series({scratch_.path()});
  const std::string bytes = test::bytes_of(scratch_ / "image1");
  test::put_bytes(scratch_ / "image1", bytes.substr(0, bytes.size() - 4));
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_dicom_volume(found.at(0), 0, {}); }), HasSubstr("image1"));
  fs::remove(scratch_ / "image1");
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_dicom_volume(found.at(0), 0, {}); }), HasSubstr("image1"));
}

TEST_F(ReadDicomVolume, AVolumeThatDoesNotExistIsMisuse) {
  write_series(scratch_.path(), 3, 2);
  const std::vector<DicomSeries> found = find_dicom_series({scratch_.path()});
  EXPECT_THAT(test::refusal(ExitCode::usage, [&] { read_dicom_volume(found.at(0), 1, {}); }),
              HasSubstr("volume 1 does not exist"));
}

}  // namespace
}  // namespace voxprior
