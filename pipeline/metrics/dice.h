#pragma once

#include <cstdint>
#include <vector>

namespace voxprior {

/// Dice overlap 2 |A n B| / (|A| + |B|) of each label 1 .. classes, mean over the labels that either volume has.
/// 1 where neither has any. Both are of one size.
double mean_dice(const std::vector<std::uint8_t>& a, const std::vector<std::uint8_t>& b, int classes);

}  // namespace voxprior
