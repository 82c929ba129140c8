#pragma once

#include <torch/types.h>

namespace voxprior {

/// Orthonormal 3D Haar transform, one level: [N,1,D,H,W] -> [N,8,D/2,H/2,W/2]; D, H and W must be even.
/// Band b = 4*bd + 2*bh + bw, a bit set where that axis is high-pass: band 0 is LLL, band 7 is HHH.
/// Orthonormal: white noise of std sigma stays white noise of std sigma in every band.
torch::Tensor haar_forward(const torch::Tensor& x);

/// The exact inverse (and adjoint) of haar_forward: [N,8,D,H,W] -> [N,1,2D,2H,2W].
torch::Tensor haar_inverse(const torch::Tensor& bands);

/// x [N,1,D,H,W] with its detail bands as they are and `coarse` [N,1,D/2,H/2,W/2] as the means of its blocks of 2x2x2
/// voxels. The LLL band is 2 sqrt(2) times those means.
torch::Tensor with_block_means(const torch::Tensor& x, const torch::Tensor& coarse);

}  // namespace voxprior
