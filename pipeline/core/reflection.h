#pragma once

#include <torch/types.h>

namespace voxprior {

/// Positions begin .. end-1 of an axis of `size` voxels that is continued by reflection at both ends (... b a | a b c |
/// c b ...), as positions in 0 .. size-1: what index_select() takes. Any begin <= end, any size from 1.
torch::Tensor reflected_positions(std::int64_t begin, std::int64_t end, std::int64_t size, torch::Device device);

}  // namespace voxprior
