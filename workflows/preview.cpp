#include "workflows/preview.h"

#include <algorithm>

#include "workflows/statistics.h"

namespace voxprior {
namespace {

constexpr int kGap = 4;  // pixels between pictures

}  // namespace

PreviewWindow preview_window(const Volume& noisy, double sigma) {
  PreviewWindow window;
  if (is_ct(noisy)) {
    window.black = -160;
    window.white = 240;
  } else {
    window.white = std::max(nonzero_percentile(noisy.voxels, 99.5), 1e-30);
  }
  window.residual_limit = sigma > 0 ? 3 * sigma : window.white;
  return window;
}

GreyImage draw_preview(const Volume& before, const std::vector<float>& after, const PreviewWindow& window) {
  const AnatomicalView view(before.geometry);
  const PlaneScale layout = plane_scale(view);
  const AnatomicalPoint centre = view.centre(before.voxels);
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
    draw(0, [&](size_t i) { return grey_level(before.voxels[i], window.black, window.white); });
    draw(1, [&](size_t i) { return grey_level(after[i], window.black, window.white); });
    draw(2, [&](size_t i) {
      return grey_level(before.voxels[i] - after[i], -window.residual_limit, window.residual_limit);
    });
    top += layout.pixels(view.extent_mm(plane.down)) + kGap;
  }
  return image;
}

GreyImage draw_planes(const Volume& volume, double black, double white) {
  const AnatomicalView view(volume.geometry);
  const PlaneScale layout = plane_scale(view);
  const AnatomicalPoint centre = view.centre(volume.voxels);

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
               [&](size_t i) { return grey_level(volume.voxels[i], black, white); });
    left += layout.pixels(view.extent_mm(plane.right)) + kGap;
  }
  return image;
}

}  // namespace voxprior
