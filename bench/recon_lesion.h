#pragma once

#include <torch/types.h>

namespace voxprior {

/// A ball that is brighter than the tissue around it: nothing that a prior has learned puts it there.
struct Lesion {
  torch::Tensor inside;  ///< [D,H,W] bool
  torch::Tensor around;  ///< [D,H,W] bool: a shell of the same tissue, a voxel apart
};

/// Where the volume is most even among what is brighter than `tissue`: there a lesion of `radius` voxels disturbs least
/// and is told best from its surroundings. In the middle half of the volume.
Lesion place_lesion(const torch::Tensor& volume, double radius, double tissue);

/// Mean inside less mean around.
double lesion_contrast(const Lesion& lesion, const torch::Tensor& volume);

}  // namespace voxprior
