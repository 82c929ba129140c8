#include "workflows/planes.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr int kSmallestSide = 240;  // pixels of the longest axis

}  // namespace

std::size_t AnatomicalView::offset(const AnatomicalPoint& point) const {
  AnatomicalPoint ijk{};
  for (int a = 0; a < 3; ++a) ijk[axes_.index_axis[a]] = axes_.reversed[a] ? size(a) - 1 - point[a] : point[a];
  return static_cast<size_t>((ijk[2] * geometry_.size[1] + ijk[1]) * geometry_.size[0] + ijk[0]);
}

AnatomicalPoint AnatomicalView::centre(const std::vector<float>& voxels) const {
  std::array<double, 3> moment{};
  double mass = 0;
  AnatomicalPoint p{};
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

int PlaneScale::pixels(double mm) const { return std::max(1, static_cast<int>(std::lround(mm * pixels_per_mm))); }

PlaneScale plane_scale(const AnatomicalView& view, int most) {
  const double finest_mm = std::min({view.spacing_mm(0), view.spacing_mm(1), view.spacing_mm(2)});
  const double longest_mm = std::max({view.extent_mm(0), view.extent_mm(1), view.extent_mm(2)});
  const double enlargement = std::max(1., std::ceil(kSmallestSide * finest_mm / longest_mm));
  return {std::min(enlargement / finest_mm, most / longest_mm)};
}

std::uint8_t grey_level(double value, double black, double white) {
  return static_cast<std::uint8_t>(std::lround(255 * std::clamp((value - black) / (white - black), 0., 1.)));
}

}  // namespace voxprior
