#pragma once

#include <torch/types.h>

namespace voxprior {

/// TV(u) = sum over voxels of |grad u|, grad the forward differences along the three axes (0 past the last voxel), |.|
/// over axes and over the real and imaginary part: isotropic. u [D,H,W], real or complex.
double total_variation(const torch::Tensor& u);

/// prox(b) = argmin_u |u - b|^2 / 2 + weight TV(u), by accelerated gradient projection on its dual: u = b - weight
/// grad^T p with |p| <= 1 in every voxel. Beck and Teboulle, Fast gradient-based algorithms for constrained total
/// variation, IEEE Trans Image Processing 18:2419-2434, 2009.
///
/// `dual` is p, [3,D,H,W] of b's type; undefined to start from 0. It is updated: the next, similar b starts from there.
torch::Tensor total_variation_prox(const torch::Tensor& b, double weight, int iterations, torch::Tensor& dual);

}  // namespace voxprior
