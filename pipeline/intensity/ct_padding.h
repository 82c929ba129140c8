#pragma once

#include <cstddef>
#include <optional>

namespace voxprior {

/// The value that a scanner put where it reconstructed nothing (the corners around a round field of view): the least of
/// all, below the -1024 HU at which measured values end, and that of at least 1 % of the voxels. None if there is no
/// such value.
std::optional<float> ct_padding_value(const float* hounsfield, std::size_t n);

}  // namespace voxprior
