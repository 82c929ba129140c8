#include "workflows/report/pictures.h"

#include <array>
#include <numeric>
#include <sstream>

#include "workflows/planes.h"
#include "workflows/report/html.h"

namespace voxprior {
namespace {

constexpr int kLongestSide = 512;  // pixels: twelve pictures of noise then take 4 MB at most

GreyImage plane_of(const ShownVolume& shown, const AnatomicalView& view, const Plane& plane,
                   const AnatomicalPoint& point) {
  const PlaneScale scale = plane_scale(view, kLongestSide);
  GreyImage image{scale.pixels(view.extent_mm(plane.right)), scale.pixels(view.extent_mm(plane.down)), {}};
  image.pixels.resize(static_cast<std::size_t>(image.width) * image.height);
  draw_plane(image, 0, 0, view, plane, point, scale,
             [&](std::size_t i) { return grey_level(shown.volume.voxels[i], shown.low, shown.high); });
  return image;
}

std::string png_of(const GreyImage& image, Colours colours) {
  return colours == Colours::grey ? png_bytes(image.width, image.height, 1, image.pixels.data())
                                  : png_bytes(image.width, image.height, palette_of(colours), image.pixels.data());
}

std::string colour_bar(const ShownVolume& shown) {
  GreyImage ramp{256, 1, std::vector<std::uint8_t>(256)};
  std::iota(ramp.pixels.begin(), ramp.pixels.end(), std::uint8_t{0});
  std::ostringstream html;
  html.precision(4);
  html << "<div class=\"bar\"><span>" << shown.low << "</span><img alt=\"\" src=\""
       << data_uri("image/png", png_of(ramp, shown.colours)) << "\"><span>" << shown.high << "</span></div>\n";
  return html.str();
}

}  // namespace

std::string picture_columns(const std::vector<ShownVolume>& volumes) {
  const AnatomicalView view(volumes.at(1).volume.geometry);
  const AnatomicalPoint centre = view.centre(volumes[1].volume.voxels);
  std::ostringstream html;
  html << "<div class=\"pictures of-" << volumes.size() << "\">\n";
  for (const ShownVolume& shown : volumes) {
    html << "<div class=\"column\">\n<h3>" << escaped(shown.title) << "</h3>\n";
    for (const Plane& plane : kPlanes) {
      const GreyImage image = plane_of(shown, view, plane, centre);
      html << "<div class=\"plane\"><img width=\"" << image.width << "\" height=\"" << image.height << "\" alt=\""
           << escaped(shown.title) << ", " << plane.name << " plane\" src=\""
           << data_uri("image/png", png_of(image, shown.colours)) << "\"></div>\n";
    }
    html << colour_bar(shown) << "</div>\n";
  }
  html << "</div>\n";
  return html.str();
}

}  // namespace voxprior
