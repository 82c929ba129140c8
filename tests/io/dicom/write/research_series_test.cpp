#include "io/dicom/write/research_series.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "io/dicom/write/align_axes.h"
#include "io/dicom/write/check_grid.h"
#include "tests/io/dicom/write/series_support.h"
#include "tests/support/awkward_volume.h"
#include "tests/support/refusal.h"

namespace voxprior {
namespace {

using test::attribute;
using test::only_series;
using testing::HasSubstr;
using testing::StartsWith;

const DcmTagKey kSyntheticData(0x0008, 0x001c);

struct ResearchSeries : testing::Test {
  DerivedSeriesReport write(const Volume& volume) {
    options.created = 1700000000;
    return write_research_series(scratch / "out", volume, options);
  }
  std::filesystem::path first_file() const { return scratch / "out" / "0001.dcm"; }
  test::ScratchFolder scratch;
  ResearchSeriesOptions options;
};

TEST_F(ResearchSeries, WholeNumbersComeBackAsTheyWereInTheSamePlaces) {
  for (const Modality modality : {Modality::mr, Modality::ct}) {
    options.modality = modality;
    options.overwrite = Overwrite::yes;
    const Volume volume = test::awkward_volume();
    write(volume);
    const Volume after = with_axes_like(read_dicom_volume(only_series(scratch / "out"), 0), volume.geometry);
    EXPECT_EQ(after.voxels, volume.voxels);
    EXPECT_EQ(after.modality, modality);
    check_same_grid("after", after.geometry, volume.geometry);
  }
}

TEST_F(ResearchSeries, OtherNumbersComeBackToHalfAStepOfSixteenBits) {
  Volume volume = test::awkward_volume();
  for (float& value : volume.voxels) value = std::sin(value) * 0.01F + 5;
  options.modality = Modality::mr;
  EXPECT_EQ(write(volume).saturated_voxels, 0);
  const Volume after = with_axes_like(read_dicom_volume(only_series(scratch / "out"), 0), volume.geometry);
  for (std::size_t n = 0; n < volume.voxels.size(); ++n) {
    ASSERT_NEAR(after.voxels[n], volume.voxels[n], 0.02 / 65534 / 2 + 5e-7);
  }
}

TEST_F(ResearchSeries, IsMarkedAsResearchAndNamesNobody) {
  write(test::awkward_volume());
  EXPECT_THAT(attribute(first_file(), DCM_SeriesDescription), HasSubstr("RESEARCH USE ONLY"));
  EXPECT_THAT(attribute(first_file(), DCM_PatientName), StartsWith("RESEARCH^"));
  EXPECT_EQ(attribute(first_file(), DCM_ImageType), "DERIVED\\SECONDARY\\OTHER");
  EXPECT_FALSE(test::has_attribute(first_file(), kSyntheticData));
}

TEST_F(ResearchSeries, SyntheticVolumesSaySo) {
  options.synthetic = true;
  options.model_name = "synth";
  options.model_sha256 = std::string(64, 'b');
  options.parameters = "seed 0";
  write(test::awkward_volume());
  EXPECT_EQ(attribute(first_file(), kSyntheticData), "YES");
  EXPECT_THAT(attribute(first_file(), DCM_PatientName), StartsWith("SYNTHETIC^"));
  EXPECT_EQ(attribute(first_file(), DCM_PatientIdentityRemoved), "YES");
  EXPECT_EQ(test::nested_attribute(first_file(), DCM_CodeValue), "109100");  // Synthesizing Equipment
  EXPECT_THAT(attribute(first_file(), DCM_DerivationDescription), HasSubstr("seed 0"));
}

TEST_F(ResearchSeries, TheSameVolumeIsTheSameStudyAndAnotherSeedAnother) {
  const auto study = [&] { return only_series(scratch / "out").study_uid; };
  options.overwrite = Overwrite::yes;
  options.synthetic = true;
  options.parameters = "seed 0";
  write(test::awkward_volume());
  const std::string first = study(), bytes = test::bytes_of(first_file());
  write(test::awkward_volume());
  EXPECT_EQ(test::bytes_of(first_file()), bytes);
  options.parameters = "seed 1";
  write(test::awkward_volume());
  EXPECT_NE(study(), first);
}

TEST_F(ResearchSeries, RefusesVoxelsThatAreNoNumbersAndLeavesNothing) {
  Volume volume = test::awkward_volume();
  volume.voxels[3] = std::numeric_limits<float>::infinity();
  test::refusal(ExitCode::output, [&] { write(volume); });
  EXPECT_TRUE(scratch.names().empty());
}

/// Axis k first and turned round, then i, then j turned round.
Volume turned(const Volume& volume) {
  const Geometry& g = volume.geometry;
  Volume result = volume;
  const std::array<int, 3> from{2, 0, 1};
  const std::array<bool, 3> reversed{true, false, true};
  for (int axis = 0; axis < 3; ++axis) {
    result.geometry.size[axis] = g.size[from[axis]];
    result.geometry.spacing_mm[axis] = g.spacing_mm[from[axis]];
    for (int row = 0; row < 3; ++row) {
      const double direction = g.lps_from_index[3 * row + from[axis]];
      result.geometry.lps_from_index[3 * row + axis] = reversed[axis] ? -direction : direction;
      if (reversed[axis])
        result.geometry.origin_mm[row] += direction * g.spacing_mm[from[axis]] * (g.size[from[axis]] - 1);
    }
  }
  std::size_t n = 0;
  for (std::int64_t c = 0; c < g.size[1]; ++c) {
    for (std::int64_t b = 0; b < g.size[0]; ++b) {
      for (std::int64_t a = 0; a < g.size[2]; ++a) {
        const std::int64_t k = g.size[2] - 1 - a, i = b, j = g.size[1] - 1 - c;
        result.voxels[n++] = volume.voxels[static_cast<std::size_t>((k * g.size[1] + j) * g.size[0] + i)];
      }
    }
  }
  return result;
}

TEST(WithAxesLike, PutsEveryVoxelBackWhereItWas) {
  const Volume volume = test::awkward_volume();
  const Volume back = with_axes_like(turned(volume), volume.geometry);
  EXPECT_EQ(back.voxels, volume.voxels);
  check_same_grid("back", back.geometry, volume.geometry);
}

TEST(CheckSameGrid, ToleratesATenthOfAMicrometreAtTheFarCornerAndNoMore) {
  const Geometry grid = test::awkward_volume().geometry;
  Geometry other = grid;
  other.spacing_mm[2] += 1.9e-5;  // over five slices, 9.5e-5 mm
  check_same_grid("other", other, grid);
  other.spacing_mm[2] += 0.2e-5;
  test::refusal(ExitCode::input, [&] { check_same_grid("other", other, grid); });
  other = grid;
  other.size[0] += 1;
  test::refusal(ExitCode::input, [&] { check_same_grid("other", other, grid); });
}

}  // namespace
}  // namespace voxprior
