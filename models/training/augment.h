#pragma once

#include <torch/types.h>

#include "pipeline/noise/random.h"

namespace voxprior {

/// One of the 48 symmetries of the cube, so that the model does not depend on how a scanner orders its axes.
torch::Tensor random_orientation(const torch::Tensor& patch, Random& random);

/// Blurred (binomial, up to [1 2 1]/4 an axis) or sharpened (unsharp mask, gain up to 1.2), at random.
torch::Tensor random_sharpness(const torch::Tensor& patch, Random& random);

/// Monotone curve x^g with g in 0.7 .. 1.4, 1 staying 1; negative voxels are mirrored.
torch::Tensor random_gamma(const torch::Tensor& patch, Random& random);

/// Trilinear resampling of a cube [S,S,S] to [side,side,side]: S > side makes a scan sharper per voxel.
torch::Tensor resample_cube(const torch::Tensor& cube, std::int64_t side);

}  // namespace voxprior
