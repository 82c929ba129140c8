#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

enum class CtBeam { parallel, fan, cone };
enum class CtDetectorShape {
  flat,  ///< columns are equidistant on a line
  arc    ///< columns are equidistant on a circle around the source, of radius source_to_detector_mm
};

/// Where rays run through a volume in computed tomography on a circular orbit. docs/ct-geometry.md draws it.
///
/// Coordinates are millimetres from the isocentre along the volume's own axes: x along W, y along H, z along D, which
/// is the axis of rotation. At the angle b the columns of the detector increase along e_u = (cos b, sin b, 0), its rows
/// along z, and the central ray runs along e_r = (-sin b, cos b, 0): in patient coordinates (x left, y posterior,
/// z superior) from anterior to posterior at b = 0. The source of a fan or a cone is at -source_to_isocentre_mm * e_r.
struct CtGeometry {
  CtBeam beam = CtBeam::parallel;

  std::array<std::int64_t, 3> volume_size{1, 1, 1};  ///< D, H, W: the order of a tensor
  std::array<double, 3> spacing_mm{1, 1, 1};         ///< x, y, z: distance between the centres of voxels
  std::array<double, 3> centre_mm{0, 0, 0};          ///< x, y, z of the middle of the volume

  std::int64_t detector_rows = 1;  ///< a parallel or fan beam sees one slice with each row: rows = D
  std::int64_t detector_columns = 1;
  double column_pitch_mm = 1;   ///< distance between the centres of columns on the detector; along the arc if it is one
  double row_pitch_mm = 1;      ///< the same for rows; only a cone beam has a use for it
  double column_offset_mm = 0;  ///< along e_u, from where the central ray meets the detector to the detector's middle
  double row_offset_mm = 0;     ///< the same along z, cone beam only

  double source_to_isocentre_mm = 0;  ///< fan and cone beams only, like the next two
  double source_to_detector_mm = 0;   ///< along the central ray
  CtDetectorShape detector_shape = CtDetectorShape::flat;

  std::vector<double> angles_rad;  ///< one for each view, in any order

  std::int64_t views() const { return static_cast<std::int64_t>(angles_rad.size()); }
  /// Position of a column's centre on the detector, from where the central ray meets it.
  double column_mm(double column) const {
    return (column - 0.5 * static_cast<double>(detector_columns - 1)) * column_pitch_mm + column_offset_mm;
  }
  double row_mm(double row) const {
    return (row - 0.5 * static_cast<double>(detector_rows - 1)) * row_pitch_mm + row_offset_mm;
  }
  /// Coordinate of the centre of voxel `index` on axis 0 (x), 1 (y) or 2 (z).
  double voxel_mm(int axis, double index) const {
    const double count = static_cast<double>(volume_size[static_cast<std::size_t>(2 - axis)]);
    return centre_mm[static_cast<std::size_t>(axis)] +
           (index - 0.5 * (count - 1)) * spacing_mm[static_cast<std::size_t>(axis)];
  }
};

/// `count` angles from 0 on, equally spaced over `range_rad`, whose end is left out: pi for a parallel beam, 2 pi for a
/// full turn.
std::vector<double> equal_angles(std::int64_t count, double range_rad);

/// Throws Error(ExitCode::input) in words for a size below 1, a pitch, spacing or distance that is not positive, no
/// view, a value that is not finite, rows that are not the slices of a parallel or fan beam, or a source within the
/// volume.
void check_geometry(const CtGeometry& geometry);

/// A ray in the plane of rotation: it starts at the source (parallel beam: at the foot of the perpendicular from the
/// isocentre) and runs along a direction of length 1.
struct CtPlanarRay {
  double x_mm, y_mm;
  double dx, dy;
  double detector_mm;  ///< distance in the plane from the source to the detector's column; 0 for a parallel beam
};
CtPlanarRay planar_ray(const CtGeometry& geometry, std::int64_t view, std::int64_t column);

/// Largest radius around the axis of rotation that every view sees, on both sides of the central ray: 0 when an offset
/// leaves the isocentre outside the detector.
double field_of_view_radius_mm(const CtGeometry& geometry);

/// Distance from the axis of rotation to the farthest edge of the volume in the plane of rotation.
double volume_radius_mm(const CtGeometry& geometry);

}  // namespace voxprior
