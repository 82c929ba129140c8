#include "workflows/compute/ct_setup.h"

#include <cmath>
#include <cstdio>

namespace voxprior {
namespace {

constexpr double kRadiansPerDegree = 3.14159265358979323846 / 180;

std::string text_of(const char* format, double a, double b) {
  char text[200];
  std::snprintf(text, sizeof text, format, a, b);
  return text;
}

/// Half of what the detector's rows see at the axis of rotation, on the nearer side of the central ray.
double seen_along_axis_mm(const CtGeometry& g) {
  const double half = 0.5 * static_cast<double>(g.detector_rows) * g.row_pitch_mm - std::abs(g.row_offset_mm);
  return half * g.source_to_isocentre_mm / g.source_to_detector_mm;
}

}  // namespace

CtGeometry projector_geometry(const ScanGeometry& scan, const Geometry& grid, std::int64_t columns, std::int64_t rows) {
  CtGeometry geometry;
  geometry.beam = scan.beam == ScanGeometry::Beam::parallel ? CtBeam::parallel
                  : scan.beam == ScanGeometry::Beam::fan    ? CtBeam::fan
                                                            : CtBeam::cone;
  geometry.volume_size = {grid.size[2], grid.size[1], grid.size[0]};
  geometry.spacing_mm = grid.spacing_mm;
  geometry.centre_mm = centre_in_scanner(scan, grid);
  geometry.detector_rows = rows;
  geometry.detector_columns = columns;
  geometry.column_pitch_mm = scan.column_pitch_mm;
  geometry.row_pitch_mm = scan.row_pitch_mm;
  geometry.column_offset_mm = scan.column_offset_mm;
  geometry.row_offset_mm = scan.row_offset_mm;
  geometry.source_to_isocentre_mm = scan.source_to_isocentre_mm;
  geometry.source_to_detector_mm = scan.source_to_detector_mm;
  geometry.detector_shape = scan.detector == ScanGeometry::Detector::arc ? CtDetectorShape::arc : CtDetectorShape::flat;
  for (const double degrees : scan.angles_deg) geometry.angles_rad.push_back(degrees * kRadiansPerDegree);
  return geometry;
}

std::vector<std::string> field_of_view_notices(const CtGeometry& geometry) {
  std::vector<std::string> notices;
  const double seen = field_of_view_radius_mm(geometry), radius = volume_radius_mm(geometry);
  if (radius > seen) {
    notices.push_back(
        text_of("the volume reaches %.1f mm from the axis of rotation, every view sees %.1f mm: what lies "
                "outside is not measured",
                radius, seen));
  }
  if (geometry.beam == CtBeam::cone) {
    const double half = 0.5 * static_cast<double>(geometry.volume_size[0]) * geometry.spacing_mm[2];
    const double reach = std::abs(geometry.centre_mm[2]) + half, axial = seen_along_axis_mm(geometry);
    if (reach > axial) {
      notices.push_back(text_of(
          "the volume reaches %.1f mm along the axis of rotation, the detector sees %.1f mm of it", reach, axial));
    }
  }
  return notices;
}

}  // namespace voxprior
