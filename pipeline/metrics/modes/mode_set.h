#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/metrics/features/image.h"

namespace voxprior {

/// One kind of volume in a set whose kinds are all known: which shape, where, and how bright.
struct Mode {
  int shape = 0, position = 0, contrast = 0;  ///< each 0 to 4
  double frequency = 0;                       ///< share of the set; all of a design add up to 1
};

/// A distribution of volumes with a known number of discrete modes of known frequencies. Every volume is a cube of
/// tissue (0.45) in a bright frame (1), with one shape inside; it is shifted by a part of a voxel and
/// carries noise, so that the set is not a finite list. The frame fixes the intensity scale: normalising a volume
/// (pipeline/intensity/normalise.h) does not hide its contrast.
struct ModeDesign {
  std::string name;       ///< "balanced" or "rare"
  std::int64_t side = 0;  ///< voxels along each axis, see kLeastModeSide
  std::vector<Mode> modes;
};

constexpr std::int64_t kLeastModeSide = 16, kMostModeSide = 64;
constexpr double kModeNoise = 0.02;  ///< standard deviation of the noise
constexpr double kModeShift = 0.5;   ///< voxels: shapes are shifted by up to this along each axis
constexpr float kModeTissue = 0.45f;
constexpr std::array<double, 5> kModeContrasts{0.09, 0.27, 0.63, 0.81, 0.99};
constexpr std::array<const char*, 5> kModeShapes{"ball", "cube", "ring", "cross", "plate"};
constexpr std::array<const char*, 5> kModePositions{"centre", "lower", "left", "front", "upper"};

/// All 125 combinations, each as frequent as the others.
ModeDesign balanced_modes(std::int64_t side);

/// 25 combinations of shape and position, the contrast following from both: 15 modes of 1 % and 10 of 8.5 %.
ModeDesign modes_with_rare_ones(std::int64_t side);

/// The design of that name; Error(ExitCode::input) for another name or a side out of range.
ModeDesign mode_design(const std::string& name, std::int64_t side);

/// Tissue and frame without a shape.
Image empty_scene(std::int64_t side);

/// The voxels that a shape touches, and the share of each that it fills: 0 to 1, over an edge of one voxel.
struct ShapeProfile {
  std::vector<std::uint32_t> voxels;
  std::vector<float> shares;
};

/// Of a shape at a position, moved by `shift` voxels along i, j, k.
ShapeProfile shape_profile(std::int64_t side, int shape, int position, const std::array<double, 3>& shift);

/// A drawn volume and what was drawn.
struct ModeDraw {
  std::size_t mode = 0;  ///< index into design.modes
  std::array<double, 3> shift{};
  Image image;  ///< normalised intensity, none negative
  ShapeProfile shape;
};

/// Volume number `index` of sequence `seed`.
ModeDraw draw_mode_volume(const ModeDesign& design, std::uint64_t seed, std::uint64_t index);

/// "ball-lower-2"
std::string name_of(const Mode& mode);

}  // namespace voxprior
