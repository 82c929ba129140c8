#include "pipeline/operators/ct_ray_path.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace voxprior {
namespace {

constexpr double kRoundingVoxels = 1e-7;  // kept from the frame's outer edge, where the weight is zero anyway

}  // namespace

CtSteps steps_between(const CtRayPath& path, double low, double high) {
  if (std::abs(path.slope) < 1e-12)
    return path.start >= low && path.start < high ? CtSteps{path.first, path.last} : CtSteps{path.first, path.first};
  double from = (low - path.start) / path.slope, to = (high - path.start) / path.slope;
  if (from > to) std::swap(from, to);
  const auto limited = [&](double k) {
    return std::clamp(k, static_cast<double>(path.first), static_cast<double>(path.last));
  };
  return {static_cast<std::int64_t>(limited(std::floor(from))), static_cast<std::int64_t>(limited(std::ceil(to) + 1))};
}

CtRayPath ray_path(const CtGeometry& g, const CtPlanarRay& ray) {
  // Position and direction in voxels.
  const double x = (ray.x_mm - g.voxel_mm(0, 0)) / g.spacing_mm[0], dx = ray.dx / g.spacing_mm[0];
  const double y = (ray.y_mm - g.voxel_mm(1, 0)) / g.spacing_mm[1], dy = ray.dy / g.spacing_mm[1];

  CtRayPath path{};
  path.along_x = std::abs(dx) >= std::abs(dy);
  const double main = path.along_x ? x : y, dmain = path.along_x ? dx : dy;
  const double other = path.along_x ? y : x, dother = path.along_x ? dy : dx;
  const std::int64_t planes = g.volume_size[path.along_x ? 2 : 1], width = g.volume_size[path.along_x ? 1 : 2];
  path.slope = dother / dmain;
  path.start = other - path.slope * main;
  path.step_mm = 1 / std::abs(dmain);
  path.travelled_step_mm = 1 / dmain;
  path.travelled_mm = -main / dmain;

  path.first = 0, path.last = planes;
  const double low = -1 + kRoundingVoxels, high = static_cast<double>(width) - kRoundingVoxels;
  const CtSteps within = steps_between(path, low, high);
  path.first = within.first, path.last = within.last;
  const auto outside = [&](std::int64_t k) { return path.other(k) < low || path.other(k) > high; };
  while (path.first < path.last && outside(path.first)) ++path.first;
  while (path.first < path.last && outside(path.last - 1)) --path.last;
  return path;
}

}  // namespace voxprior
