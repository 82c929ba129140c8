#pragma once

#include <torch/types.h>

#include "models/network/local_unet.h"

namespace voxprior {

/// EDM preconditioning (Karras et al. 2022, Table 1) applied in Haar space with one data std for each band b:
///
///   D_b = c_skip x_b + c_out F_b(c_in x, ln(sigma)/4),   c_skip = sd^2/(sigma^2+sd^2),
///   c_out = sigma sd / sqrt(sigma^2+sd^2),               c_in = 1/sqrt(sigma^2+sd^2)
///
/// With F = 0 (an untrained network) D is the band-wise Wiener filter.
struct HaarPreconditioner {
  torch::Tensor band_std;  ///< [8] float32, root mean square of each Haar band over the training data

  /// x [N,1,D,H,W] float32, axes even; sigma [N] float32 > 0, in the unit of x. Returns the estimate of the clean
  /// volume.
  torch::Tensor denoise(LocalUnet& network, const torch::Tensor& x, const torch::Tensor& sigma,
                        torch::ScalarType body_type = torch::kFloat32) const;

  /// Mean squared error per voxel of the band-wise Wiener filter at each sigma [N]: the scale of the training loss.
  torch::Tensor wiener_risk(const torch::Tensor& sigma) const;
};

}  // namespace voxprior
