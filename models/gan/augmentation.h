#pragma once

#include <torch/types.h>

#include <array>
#include <cstdint>
#include <vector>

#include "pipeline/noise/random.h"

namespace voxprior {

/// What is done to a volume before a critic sees it, real or fake, so that few training volumes do not suffice to tell
/// them by heart (differentiable augmentation, Zhao et al. 2020, arXiv:2006.10738). Axes are D, H, W.
struct VolumeTransform {
  std::array<bool, 3> flips{};
  std::array<std::int64_t, 3> shift{};                    ///< voxels; what comes in from outside is 0
  double gain = 1, offset = 0;                            ///< of the intensity, normalised
  std::array<std::int64_t, 3> hole_begin{}, hole_size{};  ///< a box that is set to 0; none where a size is 0
};

/// Each of the four parts with the probability `share`, else left out. A share well below 1 leaves enough volumes as
/// they are that a generator cannot hide flipped or shifted volumes among the transformed (Karras et al. 2020, ADA).
/// size {D, H, W}.
VolumeTransform random_transform(const std::vector<std::int64_t>& size, double share, Random& random);

/// Sample n of x [N,1,D,H,W] under transforms[n]. Linear in x but for the offset, and so differentiable.
torch::Tensor transformed(const torch::Tensor& x, const std::vector<VolumeTransform>& transforms);

}  // namespace voxprior
