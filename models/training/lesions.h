#pragma once

#include <torch/types.h>

#include "pipeline/noise/random.h"

namespace voxprior {

/// One to ten ellipsoids, 2 to 12 voxels across, brighter or darker than where they lie by 0.02 to 0.6 of normalised
/// intensity, added to its texture or in its place, with edges of half a voxel to two. Healthy scans alone teach that
/// anything small and round is noise. Only where there is tissue: background stays as it is, and nothing falls below 0.
/// patch [D,H,W] float32; a new tensor comes back.
torch::Tensor implant_lesions(const torch::Tensor& patch, Random& random);

}  // namespace voxprior
