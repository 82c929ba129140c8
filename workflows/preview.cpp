#include "workflows/preview.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "workflows/anatomy.h"

namespace voxprior {
namespace {

constexpr int kGap = 4;             // pixels between pictures
constexpr int kSmallestSide = 240;  // pixels of the longest axis: smaller volumes are enlarged

using Point = std::array<std::int64_t, 3>;  // along the anatomical axes: left, posterior, superior

/// Looks at a grid along the patient's axes.
class AnatomicalView {
 public:
  explicit AnatomicalView(const Geometry& geometry) : geometry_(geometry), axes_(anatomical_axes(geometry)) {}

  std::int64_t size(int axis) const { return geometry_.size[axes_.index_axis[axis]]; }
  double spacing_mm(int axis) const { return geometry_.spacing_mm[axes_.index_axis[axis]]; }
  double extent_mm(int axis) const { return static_cast<double>(size(axis)) * spacing_mm(axis); }

  size_t offset(const Point& p) const {
    Point ijk{};
    for (int a = 0; a < 3; ++a) ijk[axes_.index_axis[a]] = axes_.reversed[a] ? size(a) - 1 - p[a] : p[a];
    return static_cast<size_t>((ijk[2] * geometry_.size[1] + ijk[1]) * geometry_.size[0] + ijk[0]);
  }

  /// The centre of the positive intensities.
  Point centre(const std::vector<float>& voxels) const {
    std::array<double, 3> moment{};
    double mass = 0;
    Point p{};
    for (p[2] = 0; p[2] < size(2); ++p[2]) {
      for (p[1] = 0; p[1] < size(1); ++p[1]) {
        for (p[0] = 0; p[0] < size(0); ++p[0]) {
          const double weight = std::max(0.f, voxels[offset(p)]);
          mass += weight;
          for (int a = 0; a < 3; ++a) moment[a] += weight * static_cast<double>(p[a]);
        }
      }
    }
    for (int a = 0; a < 3; ++a) p[a] = mass > 0 ? std::llround(moment[a] / mass) : size(a) / 2;
    return p;
  }

 private:
  Geometry geometry_;
  AnatomicalAxes axes_;
};

/// A plane as drawn: which axis runs to the right and which down, and whether down is against it.
struct Plane {
  int right, down;
  bool flip_down;
};
constexpr Plane kPlanes[] = {{0, 1, false}, {0, 2, true}, {1, 2, true}};  // axial, coronal, sagittal

struct Layout {
  double pixels_per_mm;
  int pixels(double mm) const { return std::max(1, static_cast<int>(std::lround(mm * pixels_per_mm))); }
};

Layout layout_of(const AnatomicalView& view) {
  const double finest_mm = std::min({view.spacing_mm(0), view.spacing_mm(1), view.spacing_mm(2)});
  const double longest_mm = std::max({view.extent_mm(0), view.extent_mm(1), view.extent_mm(2)});
  const double enlargement = std::max(1., std::ceil(kSmallestSide * finest_mm / longest_mm));
  return {std::min(enlargement / finest_mm, 2048 / longest_mm)};
}

std::uint8_t grey(double value, double black, double white) {
  return static_cast<std::uint8_t>(std::lround(255 * std::clamp((value - black) / (white - black), 0., 1.)));
}

/// Draws value(offset) on one plane through `centre`, its upper left corner at (left, top).
template <typename Value>
void draw_plane(GreyImage& image, int left, int top, const AnatomicalView& view, const Plane& plane, Point point,
                const Layout& layout, const Value& value) {
  const int width = layout.pixels(view.extent_mm(plane.right)), height = layout.pixels(view.extent_mm(plane.down));
  for (int y = 0; y < height; ++y) {
    const std::int64_t row = y * view.size(plane.down) / height;
    point[plane.down] = plane.flip_down ? view.size(plane.down) - 1 - row : row;
    for (int x = 0; x < width; ++x) {
      point[plane.right] = x * view.size(plane.right) / width;
      image.pixels[static_cast<size_t>(top + y) * image.width + left + x] = value(view.offset(point));
    }
  }
}

}  // namespace

GreyImage draw_preview(const Volume& before, const std::vector<float>& after, const PreviewWindow& window) {
  const AnatomicalView view(before.geometry);
  const Layout layout = layout_of(view);
  const Point centre = view.centre(before.voxels);
  const int column = layout.pixels(std::max(view.extent_mm(0), view.extent_mm(1))) + kGap;

  GreyImage image;
  image.width = 3 * column - kGap;
  image.height = layout.pixels(view.extent_mm(1)) + 2 * layout.pixels(view.extent_mm(2)) + 2 * kGap;
  image.pixels.assign(static_cast<size_t>(image.width) * image.height, 0);

  int top = 0;
  for (const Plane& plane : kPlanes) {
    const auto draw = [&](int n, const auto& value) {
      const int indent = (column - kGap - layout.pixels(view.extent_mm(plane.right))) / 2;
      draw_plane(image, n * column + indent, top, view, plane, centre, layout, value);
    };
    draw(0, [&](size_t i) { return grey(before.voxels[i], window.black, window.white); });
    draw(1, [&](size_t i) { return grey(after[i], window.black, window.white); });
    draw(2, [&](size_t i) { return grey(before.voxels[i] - after[i], -window.residual_limit, window.residual_limit); });
    top += layout.pixels(view.extent_mm(plane.down)) + kGap;
  }
  return image;
}

GreyImage draw_planes(const Volume& volume, double black, double white) {
  const AnatomicalView view(volume.geometry);
  const Layout layout = layout_of(view);
  const Point centre = view.centre(volume.voxels);

  std::vector<Plane> planes;
  for (const Plane& plane : kPlanes)
    if (view.size(plane.right) > 1 && view.size(plane.down) > 1) planes.push_back(plane);

  GreyImage image;
  for (const Plane& plane : planes) {
    image.height = std::max(image.height, layout.pixels(view.extent_mm(plane.down)));
    image.width += layout.pixels(view.extent_mm(plane.right)) + kGap;
  }
  image.width -= kGap;
  image.pixels.assign(static_cast<size_t>(image.width) * image.height, 0);

  int left = 0;
  for (const Plane& plane : planes) {
    const int top = (image.height - layout.pixels(view.extent_mm(plane.down))) / 2;
    draw_plane(image, left, top, view, plane, centre, layout,
               [&](size_t i) { return grey(volume.voxels[i], black, white); });
    left += layout.pixels(view.extent_mm(plane.right)) + kGap;
  }
  return image;
}

}  // namespace voxprior
