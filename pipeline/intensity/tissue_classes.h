#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Voxels by brightness: 0 for those below `foreground`, 1 to `classes`, from dark to bright, for the others, by
/// k-means of their values (Lloyd 1982), begun at evenly spaced quantiles. A rule that gives every volume labels
/// without a model; it knows no anatomy. Where no voxel is foreground, all are 0. classes is 1 to 255.
std::vector<std::uint8_t> tissue_classes(const float* voxels, std::size_t n, int classes, float foreground);

}  // namespace voxprior
