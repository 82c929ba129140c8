#include "pipeline/operators/ct_geometry.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "base/error.h"

namespace voxprior {
namespace {

void check_positive(double value, const char* name) {
  if (!(value > 0) || !std::isfinite(value))
    fail(ExitCode::input, "CT geometry: ", name, " must be positive, got ", value);
}

void check_finite(double value, const char* name) {
  if (!std::isfinite(value)) fail(ExitCode::input, "CT geometry: ", name, " is not a finite number");
}

void check_source(const CtGeometry& g) {
  check_positive(g.source_to_isocentre_mm, "the distance from source to isocentre");
  check_positive(g.source_to_detector_mm, "the distance from source to detector");
  const double radius = volume_radius_mm(g);
  if (radius >= g.source_to_isocentre_mm)
    fail(ExitCode::input, "CT geometry: the source, ", g.source_to_isocentre_mm,
         " mm from the axis of rotation, runs through the volume, whose edge is ", radius, " mm from it");
  const double half_angle_limit = 1.5;  // a fan of 172 degrees; at 180 a flat detector has no end
  const double edge =
      std::max(std::abs(g.column_mm(-0.5)), std::abs(g.column_mm(static_cast<double>(g.detector_columns) - 0.5)));
  if (g.detector_shape == CtDetectorShape::arc && edge / g.source_to_detector_mm > half_angle_limit)
    fail(ExitCode::input, "CT geometry: the detector's arc, ", edge, " mm to one side at a radius of ",
         g.source_to_detector_mm, " mm, reaches around the source");
}

}  // namespace

std::vector<double> equal_angles(std::int64_t count, double range_rad) {
  std::vector<double> angles(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
  for (std::size_t i = 0; i < angles.size(); ++i)
    angles[i] = range_rad * static_cast<double>(i) / static_cast<double>(count);
  return angles;
}

void check_geometry(const CtGeometry& g) {
  for (const std::int64_t size :
       {g.volume_size[0], g.volume_size[1], g.volume_size[2], g.detector_rows, g.detector_columns})
    if (size < 1)
      fail(ExitCode::input, "CT geometry: the volume and the detector need a size of 1 or more, got ", size);
  if (g.angles_rad.empty()) fail(ExitCode::input, "CT geometry: there are no views");
  for (const double angle : g.angles_rad) check_finite(angle, "an angle");
  for (const double spacing : g.spacing_mm) check_positive(spacing, "voxel spacing");
  for (const double centre : g.centre_mm) check_finite(centre, "the volume's centre");
  check_positive(g.column_pitch_mm, "the pitch of detector columns");
  check_finite(g.column_offset_mm, "the detector's column offset");
  if (g.beam == CtBeam::cone) {
    check_positive(g.row_pitch_mm, "the pitch of detector rows");
    check_finite(g.row_offset_mm, "the detector's row offset");
  } else if (g.detector_rows != g.volume_size[0]) {
    fail(ExitCode::input, "CT geometry: ", g.detector_rows, " detector rows for ", g.volume_size[0],
         " slices; each slice of a parallel or fan beam has one row");
  }
  if (g.beam != CtBeam::parallel) check_source(g);
}

CtPlanarRay planar_ray(const CtGeometry& g, std::int64_t view, std::int64_t column) {
  const double angle = g.angles_rad[static_cast<std::size_t>(view)];
  const double c = std::cos(angle), s = std::sin(angle);
  const double u = g.column_mm(static_cast<double>(column));
  if (g.beam == CtBeam::parallel) return {u * c, u * s, -s, c, 0};

  const bool flat = g.detector_shape == CtDetectorShape::flat;
  const double distance = g.source_to_detector_mm;
  const double fan_angle = flat ? std::atan2(u, distance) : u / distance;
  const double direction = angle - fan_angle;  // (-sin b, cos b) turned towards e_u
  return {g.source_to_isocentre_mm * s, -g.source_to_isocentre_mm * c, -std::sin(direction), std::cos(direction),
          flat ? std::hypot(u, distance) : distance};
}

double field_of_view_radius_mm(const CtGeometry& g) {
  const double reach = std::min(-g.column_mm(-0.5), g.column_mm(static_cast<double>(g.detector_columns) - 0.5));
  if (reach <= 0) return 0;
  if (g.beam == CtBeam::parallel) return reach;
  const bool flat = g.detector_shape == CtDetectorShape::flat;
  const double fan_angle = flat ? std::atan2(reach, g.source_to_detector_mm) : reach / g.source_to_detector_mm;
  return g.source_to_isocentre_mm * std::sin(std::min(fan_angle, std::acos(-1.0) / 2));
}

double volume_radius_mm(const CtGeometry& g) {
  const double half_x = 0.5 * static_cast<double>(g.volume_size[2]) * g.spacing_mm[0];
  const double half_y = 0.5 * static_cast<double>(g.volume_size[1]) * g.spacing_mm[1];
  return std::hypot(std::abs(g.centre_mm[0]) + half_x, std::abs(g.centre_mm[1]) + half_y);
}

}  // namespace voxprior
