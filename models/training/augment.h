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

/// Trilinear resampling of a cube [S,S,S] to [side,side,side]: S > side makes a scan sharper per voxel.
torch::Tensor resample_cube(const torch::Tensor& cube, std::int64_t side);

/// The same of a cube of labels, uint8: each takes the nearest.
torch::Tensor resample_labels(const torch::Tensor& cube, std::int64_t side);

}  // namespace voxprior
