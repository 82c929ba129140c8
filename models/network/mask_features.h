#pragma once

#include <torch/types.h>

#include <cstdint>

namespace voxprior {

/// Features of a mask with one channel for the background and one for each label: 8 for each channel; 0 without labels.
std::int64_t mask_feature_count(std::size_t labels);

/// The Haar bands of every channel: [N,K,D,H,W] -> [N,8K,D/2,H/2,W/2], so that the network, which works on blocks of
/// 2x2x2 voxels, knows where in a block a boundary runs. Scaled so that LLL is the share of the block.
torch::Tensor mask_features(const torch::Tensor& mask);

}  // namespace voxprior
