#pragma once

#include <torch/types.h>

#include <cstddef>

namespace voxprior {

/// How much of each voxel is background, the first label, the second ...: [D,H,W] uint8, 0 for background ->
/// [1+labels,D,H,W] float32 that add up to 1. Averages of shares are shares: a mask is brought to a coarser grid so.
torch::Tensor label_shares(const torch::Tensor& numbers, std::size_t labels);

/// The largest share of each voxel: [1+labels,D,H,W] -> [D,H,W] uint8.
torch::Tensor label_numbers(const torch::Tensor& shares);

}  // namespace voxprior
