#include "io/raw/rtk_geometry.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/support/refusal.h"
#include "tests/support/scratch_folder.h"

namespace voxprior {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct RtkText {
  std::string common =
      "<SourceToIsocenterDistance>1000</SourceToIsocenterDistance>\n"
      "<SourceToDetectorDistance>1536</SourceToDetectorDistance>\n";
  std::string first = "<GantryAngle>30</GantryAngle>", second = "<GantryAngle>90</GantryAngle>";
  std::string offsets =
      "<ProjectionOffsetX>-117</ProjectionOffsetX><ProjectionOffsetY>-1</ProjectionOffsetY>"
      "<Matrix> 1 0 0 0 </Matrix>";
  std::string text() const {
    return "<?xml version=\"1.0\"?>\n<!DOCTYPE RTKGEOMETRY>\n<RTKThreeDCircularGeometry version=\"3\">\n" + common +
           "<Projection>" + first + offsets + "</Projection>\n<Projection>" + second + offsets +
           "</Projection>\n</RTKThreeDCircularGeometry>\n";
  }
};

/// 4 x 3 detector pixels of 2 x 3 mm whose middle is at (1, 2).
Geometry stack() {
  Geometry geometry;
  geometry.size = {4, 3, 2};
  geometry.spacing_mm = {2, 3, 1};
  geometry.origin_mm = {-2, -1, 0};
  return geometry;
}

class RtkGeometry : public testing::Test {
 protected:
  ScanGeometry read(const RtkText& text) {
    test::put_bytes(scratch_ / "a.xml", text.text());
    return read_rtk_geometry(scratch_ / "a.xml", stack());
  }
  std::string refusal(const RtkText& text) {
    return test::refusal(ExitCode::input, [&] { read(text); });
  }
  test::ScratchFolder scratch_;
};

TEST_F(RtkGeometry, ReadsDistancesAnglesAndOffsets) {
  const ScanGeometry scan = read({});
  EXPECT_EQ(scan.beam, ScanGeometry::Beam::cone);
  EXPECT_EQ(scan.detector, ScanGeometry::Detector::flat);
  EXPECT_EQ(scan.source_to_isocentre_mm, 1000);
  EXPECT_EQ(scan.source_to_detector_mm, 1536);
  EXPECT_THAT(scan.angles_deg, ElementsAre(30, 90));
  EXPECT_EQ(scan.column_offset_mm, -116);
  EXPECT_EQ(scan.row_offset_mm, 1);
  EXPECT_FALSE(scan.grid);
}

/// A point in RTK's frame must meet the detector where RTK's projection matrix says.
TEST_F(RtkGeometry, ProjectsAPointWhereRtksMatrixDoes) {
  const ScanGeometry scan = read({});
  const double point[3] = {12, -34, 56}, angle = 30 * std::acos(-1.) / 180;  // RTK's x, y, z

  // RTK, documentation/docs/Geometry.md: rotate by the opposite angles, then project on the detector.
  const double rx = std::cos(angle) * point[0] - std::sin(angle) * point[2], ry = point[1];
  const double rz = std::sin(angle) * point[0] + std::cos(angle) * point[2];
  const double u = 1536 * rx / (1000 - rz), v = 1536 * ry / (1000 - rz);

  // Ours: the point in scanner coordinates, the source at -1000 e_r, the detector along e_u and z.
  double q[3] = {};
  for (int axis = 0; axis < 3; ++axis)
    for (int row = 0; row < 3; ++row) q[axis] += scan.lps_from_scanner[3 * row + axis] * point[row];
  const double along_u = std::cos(angle) * q[0] + std::sin(angle) * q[1];
  const double depth = 1000 - std::sin(angle) * q[0] + std::cos(angle) * q[1];
  EXPECT_NEAR(1536 * along_u / depth, u, 1e-9);
  EXPECT_NEAR(1536 * q[2] / depth, v, 1e-9);
}

TEST_F(RtkGeometry, ParallelAndCylindrical) {
  RtkText parallel;
  parallel.common = "<SourceToIsocenterDistance>1000</SourceToIsocenterDistance>";
  parallel.offsets = "<ProjectionOffsetY>-2</ProjectionOffsetY>";
  EXPECT_EQ(read(parallel).beam, ScanGeometry::Beam::parallel);
  RtkText arc;
  arc.common += "<RadiusCylindricalDetector>1536</RadiusCylindricalDetector>";
  EXPECT_EQ(read(arc).detector, ScanGeometry::Detector::arc);
  arc.common += "<RadiusCylindricalDetector>1000</RadiusCylindricalDetector>";
  EXPECT_THAT(refusal(arc), HasSubstr("the source as its centre"));
}

TEST_F(RtkGeometry, WhatTheProjectorsDoNotKnowIsRefused) {
  const auto refused = [&](const std::string& more) {
    RtkText text;
    text.second += more;
    return refusal(text);
  };
  EXPECT_THAT(refused("<OutOfPlaneAngle>1</OutOfPlaneAngle>"), HasSubstr("tilted"));
  EXPECT_THAT(refused("<InPlaneAngle>1</InPlaneAngle>"), HasSubstr("tilted"));
  EXPECT_THAT(refused("<SourceOffsetX>1</SourceOffsetX>"), HasSubstr("displaced source"));
  EXPECT_THAT(refused("<SourceToIsocenterDistance>1002</SourceToIsocenterDistance>"),
              HasSubstr("changes from view to view by 2 mm"));
  EXPECT_THAT(refused("<CollimationUInf>3</CollimationUInf>"), HasSubstr("more than is understood"));
  EXPECT_THAT(refused("<GantryAngle>nan</GantryAngle>"), HasSubstr("not a finite number"));
  EXPECT_THAT(refused("<GantryAngle>12x</GantryAngle>"), HasSubstr("not a finite number"));
  EXPECT_THAT(refused("<GantryAngle></GantryAngle>"), HasSubstr("not a finite number"));
  RtkText negative;
  negative.common = "<SourceToDetectorDistance>-5</SourceToDetectorDistance>";
  EXPECT_THAT(refusal(negative), HasSubstr("must be positive"));
}

TEST_F(RtkGeometry, DamagedXmlIsRefused) {
  const std::string whole = RtkText().text();
  for (const std::size_t length : {std::size_t{0}, std::size_t{10}, whole.size() / 2, whole.size() - 3}) {
    test::put_bytes(scratch_ / "a.xml", whole.substr(0, length));
    test::refusal(ExitCode::input, [&] { read_rtk_geometry(scratch_ / "a.xml", stack()); });
  }
  test::put_bytes(scratch_ / "a.xml", "<Other/>");
  EXPECT_THAT(test::refusal(ExitCode::input, [&] { read_rtk_geometry(scratch_ / "a.xml", stack()); }),
              HasSubstr("holds no RTKThreeDCircularGeometry"));
}

}  // namespace
}  // namespace voxprior
