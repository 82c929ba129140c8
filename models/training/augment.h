#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "pipeline/noise/random.h"

namespace voxprior {

/// One of the 48 symmetries of the cube, so that the model does not depend on how a scanner orders its axes.
struct Orientation {
  std::vector<std::int64_t> axes{0, 1, 2}, flips;  ///< axis n of the result is axes[n]; then flips are reversed

  torch::Tensor of(const torch::Tensor& patch) const;  ///< [D,H,W]
};
Orientation random_orientation(Random& random);

/// Blurred (binomial, up to [1 2 1]/4 an axis) or sharpened (unsharp mask, gain up to 1.2), at random.
torch::Tensor random_sharpness(const torch::Tensor& patch, Random& random);

/// Monotone curve x^g with g in 0.7 .. 1.4, 1 staying 1; negative voxels are mirrored.
torch::Tensor random_gamma(const torch::Tensor& patch, Random& random);

/// Another contrast: a piecewise linear curve with knots at 0, 1/4 .. 1 and 2, random values at all but the first,
/// which stays 0, the greatest of them 0.9 .. 1.1. Tissues change places, fine structure stays; negative voxels are
/// mirrored.
torch::Tensor random_contrast(const torch::Tensor& patch, Random& random);

/// A scan of any contrast from labels [D,H,W] uint8: each label but 0 gets a random intensity and a texture of up to 3
/// %, and edges the width of a voxel (after Billot et al., SynthSeg, Med Image Anal 2023; 86:102789). float32.
torch::Tensor paint_labels(const torch::Tensor& labels, Random& random);

/// Trilinear resampling of a cube [S,S,S] to [side,side,side]: S > side makes a scan sharper per voxel.
torch::Tensor resample_cube(const torch::Tensor& cube, std::int64_t side);

/// Slices as CT has them, [D,H,W] to [side,side,side]: averaged along the first axis, bilinear within the plane.
torch::Tensor resample_slices(const torch::Tensor& box, std::int64_t side);

/// The same of a cube of labels, uint8: each takes the nearest.
torch::Tensor resample_labels(const torch::Tensor& cube, std::int64_t side);

}  // namespace voxprior
