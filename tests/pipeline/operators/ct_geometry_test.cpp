#include "pipeline/operators/ct_geometry.h"

#include <gtest/gtest.h>

#include <cmath>

namespace voxprior {
namespace {

const double kPi = std::acos(-1.0);

CtGeometry fan() {
  CtGeometry g;
  g.beam = CtBeam::fan;
  g.volume_size = {1, 6, 8};
  g.spacing_mm = {2, 3, 1};
  g.detector_columns = 101;
  g.column_pitch_mm = 2;
  g.source_to_isocentre_mm = 100;
  g.source_to_detector_mm = 200;
  g.angles_rad = {0, kPi / 2};
  return g;
}

TEST(CtGeometry, CentralRayRunsFromAnteriorToPosteriorAndTurnsWithTheSource) {
  const CtGeometry g = fan();
  const CtPlanarRay front = planar_ray(g, 0, 50), side = planar_ray(g, 1, 50);
  EXPECT_NEAR(front.x_mm, 0, 1e-12);
  EXPECT_NEAR(front.y_mm, -100, 1e-12);
  EXPECT_NEAR(front.dx, 0, 1e-12);
  EXPECT_NEAR(front.dy, 1, 1e-12);
  EXPECT_NEAR(side.x_mm, 100, 1e-12);
  EXPECT_NEAR(side.y_mm, 0, 1e-12);
  EXPECT_NEAR(side.dx, -1, 1e-12);
  EXPECT_NEAR(side.dy, 0, 1e-12);
}

TEST(CtGeometry, ColumnsIncreaseAlongX) {
  const CtPlanarRay ray = planar_ray(fan(), 0, 75);  // 50 mm to the left at 200 mm
  EXPECT_NEAR(ray.dx / ray.dy, 0.25, 1e-12);
  EXPECT_NEAR(ray.detector_mm, std::hypot(50, 200), 1e-9);
}

TEST(CtGeometry, ColumnsOfAnArcAreEquallySpacedAngles) {
  CtGeometry g = fan();
  g.detector_shape = CtDetectorShape::arc;
  EXPECT_NEAR(std::atan2(planar_ray(g, 0, 75).dx, planar_ray(g, 0, 75).dy), 0.25, 1e-12);
  EXPECT_EQ(planar_ray(g, 0, 75).detector_mm, 200);
}

TEST(CtGeometry, ParallelRaysArePerpendicularToTheDetector) {
  CtGeometry g = fan();
  g.beam = CtBeam::parallel;
  g.column_offset_mm = 3;
  const CtPlanarRay ray = planar_ray(g, 1, 50);
  EXPECT_NEAR(ray.x_mm, 0, 1e-12);
  EXPECT_NEAR(ray.y_mm, 3, 1e-12);
  EXPECT_NEAR(ray.dx, -1, 1e-12);
}

TEST(CtGeometry, RadiiInMillimetres) {
  CtGeometry g = fan();
  EXPECT_NEAR(volume_radius_mm(g), std::hypot(8, 9), 1e-12);
  EXPECT_NEAR(field_of_view_radius_mm(g), 100 * 101 / std::hypot(101, 200), 1e-9);
  g.beam = CtBeam::parallel;
  EXPECT_NEAR(field_of_view_radius_mm(g), 101, 1e-12);
  g.column_offset_mm = -30;
  EXPECT_NEAR(field_of_view_radius_mm(g), 71, 1e-12);
  g.column_offset_mm = 200;
  EXPECT_EQ(field_of_view_radius_mm(g), 0);
}

}  // namespace
}  // namespace voxprior
