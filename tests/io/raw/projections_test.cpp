#include "io/raw/projections.h"

#include <gmock/gmock.h>

#include "io/raw/geometry_toml.h"
#include "tests/support/awkward_volume.h"
#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pointwise;

Projections awkward_projections() {
  Projections projections;
  projections.columns = 5, projections.rows = 3;
  ScanGeometry& scan = projections.scan;
  scan.beam = ScanGeometry::Beam::cone;
  scan.detector = ScanGeometry::Detector::arc;
  scan.source_to_isocentre_mm = 541.25, scan.source_to_detector_mm = 949.075;
  scan.column_pitch_mm = 1.0239, scan.row_pitch_mm = 1.5;
  scan.column_offset_mm = -0.255, scan.row_offset_mm = 2;
  scan.angles_deg = {0.1, 91, 182.5, -30};
  scan.photons_per_ray = 1e4, scan.electronic_sigma = 10;
  place_scanner(scan, test::awkward_volume().geometry, {-20, 30, 210});
  for (int n = 0; n < 60; ++n) projections.values.push_back(0.1f * static_cast<float>(n));
  return projections;
}

class RawProjections : public testing::Test {
 protected:
  Projections read() { return read_projections(scratch_ / "a.mha", scratch_ / "a.toml", 1000); }
  void write(const Projections& projections) {
    write_projections(scratch_ / "a.mha", scratch_ / "a.toml", projections, Overwrite::yes);
  }
  /// The geometry with `what` replaced by `by`.
  void edit(const std::string& what, const std::string& by) {
    std::string text = test::bytes_of(scratch_ / "a.toml");
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos) << what;
    test::put_bytes(scratch_ / "a.toml", text.replace(at, what.size(), by));
  }
  std::string refusal() {
    return test::refusal(ExitCode::input, [&] { read(); });
  }
  test::ScratchFolder scratch_;
};

TEST_F(RawProjections, WhatIsWrittenComesBack) {
  const Projections before = awkward_projections();
  write(before);
  const Projections after = read();
  EXPECT_EQ(after.values, before.values);
  EXPECT_EQ(after.columns, 5);
  EXPECT_EQ(after.rows, 3);
  const ScanGeometry &a = after.scan, &b = before.scan;
  EXPECT_EQ(a.beam, b.beam);
  EXPECT_EQ(a.detector, b.detector);
  EXPECT_EQ(a.angles_deg, b.angles_deg);
  EXPECT_THAT((std::vector<double>{a.source_to_isocentre_mm, a.source_to_detector_mm, a.column_pitch_mm, a.row_pitch_mm,
                                   a.column_offset_mm, a.row_offset_mm, a.photons_per_ray, a.electronic_sigma}),
              ElementsAre(541.25, 949.075, 1.0239, 1.5, -0.255, 2, 1e4, 10));
  ASSERT_TRUE(a.grid);
  EXPECT_EQ(a.grid->size, b.grid->size);
  EXPECT_THAT(a.grid->origin_mm, Pointwise(DoubleNear(1e-9), b.grid->origin_mm));
  EXPECT_THAT(a.lps_from_scanner, Pointwise(DoubleNear(1e-9), b.lps_from_scanner));
  EXPECT_EQ(a.isocentre_mm, b.isocentre_mm);
}

TEST_F(RawProjections, AParallelBeamHasNoSource) {
  Projections projections = awkward_projections();
  projections.scan.beam = ScanGeometry::Beam::parallel;
  write(projections);
  EXPECT_EQ(test::bytes_of(scratch_ / "a.toml").find("source"), std::string::npos);
  EXPECT_EQ(read().scan.beam, ScanGeometry::Beam::parallel);
}

TEST_F(RawProjections, AnglesAndPitchesMustBelongToTheStack) {
  write(awkward_projections());
  edit("182.5, -30", "182.5");
  EXPECT_THAT(refusal(), HasSubstr("holds 4 views, but"));
  write(awkward_projections());
  edit("row_pitch_mm = 1.5", "row_pitch_mm = 1.6");
  EXPECT_THAT(refusal(), HasSubstr("has a pitch of 1.0239 x 1.5 mm"));
}

TEST_F(RawProjections, ADamagedGeometryIsRefusedWithItsLine) {
  const auto refused_after = [&](const std::string& what, const std::string& by) {
    write(awkward_projections());
    edit(what, by);
    return refusal();
  };
  EXPECT_THAT(refused_after("[beam]", "[beam"), HasSubstr("not valid TOML"));
  EXPECT_THAT(refused_after("version = 1", "version = 2"), HasSubstr("version = 1"));
  EXPECT_THAT(refused_after("shape = \"cone\"", "shape = \"spiral\""), HasSubstr("must be one of"));
  EXPECT_THAT(refused_after("source_to_detector_mm = 949", "source_to_detector_mm = -949"),
              HasSubstr("'beam.source_to_detector_mm' must be a number from"));
  EXPECT_THAT(refused_after("source_to_detector_mm", "source_to_dtector_mm"), HasSubstr("is missing"));
  EXPECT_THAT(refused_after("column_offset_mm = ", "shift = "), HasSubstr("'detector.shift' is not known"));
  EXPECT_THAT(refused_after("-30]", "nan]"), HasSubstr("'beam.angles_deg' must be a list of numbers, each finite"));
  EXPECT_THAT(refused_after("-30]", "\"x\"]"), HasSubstr("angles_deg"));
  EXPECT_THAT(refused_after("[photons]", "[light]"), HasSubstr("only version and the sections"));
  EXPECT_THAT(refused_after("size = [7", "size = [0"), HasSubstr("whole numbers from 1"));
  EXPECT_THAT(refused_after("per_ray = 10000", "per_ray = 0"), HasSubstr("'photons.per_ray'"));
}

TEST_F(RawProjections, ACutStackIsRefused) {
  write(awkward_projections());
  const std::string whole = test::bytes_of(scratch_ / "a.mha");
  test::put_bytes(scratch_ / "a.mha", whole.substr(0, whole.size() - 7));
  refusal();
}

TEST(ScannerCoordinates, TheMiddleOfTheGridIsSeenFromTheIsocentre) {
  ScanGeometry scan;
  Geometry grid;
  grid.size = {3, 5, 7};
  grid.spacing_mm = {2, 1, 1};
  grid.origin_mm = {10, 20, 30};
  grid.lps_from_index = {-1, 0, 0, 0, -1, 0, 0, 0, 1};  // RAS: i runs to the right
  place_scanner(scan, grid, {8, 18, 33});               // the middle is at (8, 18, 33)
  EXPECT_THAT(centre_in_scanner(scan, grid), ElementsAre(0, 0, 0));
  place_scanner(scan, grid, {9, 18, 30});
  EXPECT_THAT(centre_in_scanner(scan, grid), ElementsAre(1, 0, 3));
}

}  // namespace
}  // namespace voxprior
