#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "io/volume.h"
#include "workflows/anatomy.h"

namespace voxprior {

/// An 8-bit picture, rows from the top.
struct GreyImage {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;
};

/// A voxel counted along the anatomical axes: towards left, posterior, superior.
using AnatomicalPoint = std::array<std::int64_t, 3>;

/// A grid seen along the patient's axes.
class AnatomicalView {
 public:
  explicit AnatomicalView(const Geometry& geometry) : geometry_(geometry), axes_(anatomical_axes(geometry)) {}

  std::int64_t size(int axis) const { return geometry_.size[axes_.index_axis[axis]]; }
  double spacing_mm(int axis) const { return geometry_.spacing_mm[axes_.index_axis[axis]]; }
  double extent_mm(int axis) const { return static_cast<double>(size(axis)) * spacing_mm(axis); }

  /// Where a voxel lies in memory.
  std::size_t offset(const AnatomicalPoint& point) const;

  /// The centre of the positive intensities.
  AnatomicalPoint centre(const std::vector<float>& voxels) const;

 private:
  Geometry geometry_;
  AnatomicalAxes axes_;
};

/// A plane as drawn: which axis runs to the right and which down, and whether down is against it. Radiologists' view:
/// the patient's right is on the left, the nose is up or to the left, the crown is up.
struct Plane {
  const char* name;
  int right, down;
  bool flip_down;
};
constexpr Plane kPlanes[] = {{"axial", 0, 1, false}, {"coronal", 0, 2, true}, {"sagittal", 1, 2, true}};

/// How many pixels a millimetre gets.
struct PlaneScale {
  double pixels_per_mm;
  int pixels(double mm) const;
};

/// A whole number of pixels for the finest voxel, at least 240 for the longest axis, but at most `most` for it.
PlaneScale plane_scale(const AnatomicalView& view, int most = 2048);

/// The grey level of a value: 0 at or below `black`, 255 at or above `white`.
std::uint8_t grey_level(double value, double black, double white);

/// Draws value(offset of a voxel) on one plane through `point`, its upper left corner at (left, top). Voxels that are
/// not cubes are drawn with their true proportions.
template <typename Value>
void draw_plane(GreyImage& image, int left, int top, const AnatomicalView& view, const Plane& plane,
                AnatomicalPoint point, const PlaneScale& scale, const Value& value) {
  const int width = scale.pixels(view.extent_mm(plane.right)), height = scale.pixels(view.extent_mm(plane.down));
  for (int y = 0; y < height; ++y) {
    const std::int64_t row = y * view.size(plane.down) / height;
    point[plane.down] = plane.flip_down ? view.size(plane.down) - 1 - row : row;
    for (int x = 0; x < width; ++x) {
      point[plane.right] = x * view.size(plane.right) / width;
      image.pixels[static_cast<size_t>(top + y) * image.width + left + x] = value(view.offset(point));
    }
  }
}

}  // namespace voxprior
