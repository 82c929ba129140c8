#include "pipeline/metrics/modes/mode_set.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

using Point = std::array<double, 3>;

constexpr double kRadius = 0.21, kOffset = 0.15;  // of the side
constexpr float kFrame = 1;
constexpr double kCommon = 0.085, kRare = 0.01;

/// Corners of a tetrahedron, and its centre.
constexpr std::array<std::array<int, 3>, 5> kDirections{{{0, 0, 0}, {-1, -1, -1}, {-1, 1, 1}, {1, -1, 1}, {1, 1, -1}}};

double box_distance(const Point& p, const Point& half) {
  double outside = 0, inside = -1e9;
  for (int a = 0; a < 3; ++a) {
    const double d = std::abs(p[a]) - half[a];
    outside += std::pow(std::max(d, 0.), 2);
    inside = std::max(inside, d);
  }
  return std::sqrt(outside) + std::min(inside, 0.);
}

double cross_distance(const Point& p, double length, double width) {
  double nearest = 1e9;
  for (int a = 0; a < 3; ++a) {
    Point half{width, width, width};
    half[a] = length;
    nearest = std::min(nearest, box_distance(p, half));
  }
  return nearest;
}

/// Signed distance to a shape of size r, negative inside.
double shape_distance(int shape, const Point& p, double r) {
  const double across = std::hypot(p[0], p[1]);
  switch (shape) {
    case 0:
      return std::hypot(across, p[2]) - r;
    case 1:
      return box_distance(p, {0.8 * r, 0.8 * r, 0.8 * r});
    case 2:
      return std::hypot(across - 0.75 * r, p[2]) - 0.35 * r;
    case 3:
      return cross_distance(p, 1.05 * r, 0.33 * r);
    default:
      return box_distance({across, 0, p[2]}, {r, 1e9, 0.4 * r});
  }
}

/// In voxels along i, j, k.
Point shape_centre(std::int64_t side, int position, const Point& shift) {
  Point centre;
  for (int a = 0; a < 3; ++a)
    centre[a] =
        static_cast<double>(side - 1) / 2 + kOffset * static_cast<double>(side) * kDirections[position][a] + shift[a];
  return centre;
}

/// How far from its centre a shape reaches at most.
double shape_reach(std::int64_t side) { return 1.4 * kRadius * static_cast<double>(side) + 0.5; }

std::size_t pick(const ModeDesign& design, double u) {
  std::size_t mode = 0;
  for (double below = 0; mode + 1 < design.modes.size(); ++mode) {
    below += design.modes[mode].frequency;
    if (u < below) break;
  }
  return mode;
}

}  // namespace

ModeDesign balanced_modes(std::int64_t side) {
  ModeDesign design{"balanced", side, {}};
  for (int shape = 0; shape < 5; ++shape)
    for (int position = 0; position < 5; ++position)
      for (int contrast = 0; contrast < 5; ++contrast) design.modes.push_back({shape, position, contrast, 1. / 125});
  return design;
}

ModeDesign modes_with_rare_ones(std::int64_t side) {
  ModeDesign design{"rare", side, {}};
  for (int shape = 0; shape < 5; ++shape)
    for (int position = 0; position < 5; ++position) {
      const bool common = (2 * shape + position) % 5 < 2;
      design.modes.push_back({shape, position, (shape + position) % 5, common ? kCommon : kRare});
    }
  return design;
}

ModeDesign mode_design(const std::string& name, std::int64_t side) {
  if (side < kLeastModeSide || side > kMostModeSide)
    fail(ExitCode::input, "a set of modes has ", kLeastModeSide, " to ", kMostModeSide, " voxels a side, not ", side);
  if (name == "balanced") return balanced_modes(side);
  if (name == "rare") return modes_with_rare_ones(side);
  fail(ExitCode::input, "a set of modes is 'balanced' or 'rare', not '", name, "'");
}

Image empty_scene(std::int64_t side) {
  Image scene{std::vector<float>(static_cast<std::size_t>(side * side * side), kModeTissue), {side, side, side}};
  const std::int64_t frame = side / 16;
  for (std::int64_t k = 0; k < side; ++k)
    for (std::int64_t j = 0; j < side; ++j)
      for (std::int64_t i = 0; i < side; ++i)
        if (std::min({i, j, k, side - 1 - i, side - 1 - j, side - 1 - k}) < frame)
          scene.voxels[static_cast<std::size_t>(scene.at(i, j, k))] = kFrame;
  return scene;
}

ShapeProfile shape_profile(std::int64_t side, int shape, int position, const Point& shift) {
  const double r = kRadius * static_cast<double>(side), reach = shape_reach(side);
  const Point centre = shape_centre(side, position, shift);
  const auto from = [&](int a) { return std::max<std::int64_t>(0, std::llround(centre[a] - reach) - 1); };
  const auto to = [&](int a) { return std::min<std::int64_t>(side, std::llround(centre[a] + reach) + 2); };
  ShapeProfile profile;
  for (std::int64_t k = from(2); k < to(2); ++k)
    for (std::int64_t j = from(1); j < to(1); ++j)
      for (std::int64_t i = from(0); i < to(0); ++i) {
        const Point p{static_cast<double>(i) - centre[0], static_cast<double>(j) - centre[1],
                      static_cast<double>(k) - centre[2]};
        const double filled = std::clamp(0.5 - shape_distance(shape, p, r), 0., 1.);
        if (filled == 0) continue;
        profile.voxels.push_back(static_cast<std::uint32_t>((k * side + j) * side + i));
        profile.shares.push_back(static_cast<float>(filled));
      }
  return profile;
}

ModeDraw draw_mode_volume(const ModeDesign& design, std::uint64_t seed, std::uint64_t index) {
  Random random(seed, index);
  ModeDraw draw;
  draw.mode = pick(design, random.uniform());
  for (double& s : draw.shift) s = random.uniform(-kModeShift, kModeShift);
  const Mode& mode = design.modes[draw.mode];
  draw.image = empty_scene(design.side);
  draw.shape = shape_profile(design.side, mode.shape, mode.position, draw.shift);
  const auto amplitude = static_cast<float>(kModeContrasts[mode.contrast] - kModeTissue);
  for (std::size_t n = 0; n < draw.shape.voxels.size(); ++n)
    draw.image.voxels[draw.shape.voxels[n]] += amplitude * draw.shape.shares[n];
  for (float& voxel : draw.image.voxels)
    voxel = std::max(0.f, voxel + static_cast<float>(kModeNoise * random.normal()));
  return draw;
}

std::string name_of(const Mode& mode) {
  return std::string(kModeShapes[mode.shape]) + "-" + kModePositions[mode.position] + "-" +
         std::to_string(mode.contrast);
}

}  // namespace voxprior
