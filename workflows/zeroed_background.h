#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Where a volume has been blanked (skull-stripped, cropped to a sphere): 1 for exact zeros that touch, in a cube of
/// 3x3x3 voxels, nothing but zeros: the morphological opening of the zeros. A zero that noise or rounding left alone
/// among other values is not background. Beyond the border of the volume counts as zero.
std::vector<std::uint8_t> zeroed_background(const std::vector<float>& voxels, std::array<std::int64_t, 3> size);

}  // namespace voxprior
