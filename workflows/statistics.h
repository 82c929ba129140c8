#pragma once

#include <vector>

#include "io/volume.h"

namespace voxprior {

/// The `percent`-th percentile of the voxels that are not exactly zero; 0 if there are none. With percent = 99.5 the
/// data range that PSNR and SSIM are stated for: a maximum would be one hot voxel.
double nonzero_percentile(const std::vector<float>& voxels, double percent);

/// Whether all voxels have one value.
bool is_constant(const std::vector<float>& voxels);

/// Whether the values can only be Hounsfield units: at least 1 % of the voxels lie at the -1000 of air, where no
/// magnitude image has any.
bool looks_like_ct(const std::vector<float>& voxels);

/// What the file says, or else what its values look like.
bool is_ct(const Volume& volume);

}  // namespace voxprior
