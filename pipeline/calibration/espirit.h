#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>

namespace voxprior {

/// The parameters of the paper. Those of an axis of length 1 are 1.
struct EspiritOptions {
  std::int64_t largest_region = 24;  ///< positions along each axis that calibrate, if so many are sampled
  std::int64_t kernel = 6;           ///< width of the neighbourhood along each axis of a slice; 5 in three dimensions
  /// Singular values of the calibration matrix above this fraction of the largest carry signal.
  double singular_threshold = 0.02;
  double eigenvalue_threshold = 0.8;  ///< where the largest eigenvalue is below, there is no object: maps are 0
  int iterations = 50;                ///< of the power method in each voxel
};

struct EspiritMaps {
  torch::Tensor maps;         ///< [C,D,H,W] complex64, sum_c |s_c|^2 = 1 where there is an object
  torch::Tensor eigenvalues;  ///< [D,H,W] float32: near 1 where the model of one set of maps holds
};

/// Coil sensitivities out of the centre of k-space: all neighbourhoods of k-space lie in the space spanned by those of
/// the calibration region; that is a convolution in k-space, a C x C matrix in every voxel, and the sensitivities are
/// its eigenvector to the eigenvalue 1. One set of maps: an image folded into the field of view would need two.
///
/// kspace [C,D,H,W] complex64, 0 where not sampled, centre at N/2. `region`: the positions around the centre along D, H
/// and W that are all sampled. The phase of the maps is that of the strongest combination of the coils set to zero.
/// Memory: C^2 kernel^6 x 8 bytes for a volume; compress the coils (coil_compression()) when there are more than 12.
///
/// Throws Error(ExitCode::input) when the region is not larger than the kernel, is not all sampled or is all zero.
///
/// Uecker et al., ESPIRiT, an eigenvalue approach to autocalibrating parallel MRI: where SENSE meets GRAPPA. Magnetic
/// Resonance in Medicine 71:990-1001, 2014.
EspiritMaps espirit(const torch::Tensor& kspace, const std::array<std::int64_t, 3>& region,
                    const EspiritOptions& options = {});

}  // namespace voxprior
