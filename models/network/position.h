#pragma once

#include <torch/types.h>

#include <cstdint>

namespace voxprior {

inline constexpr std::int64_t kPositionFeatures = 3;

/// Where in the volume a position of a [D,H,W] grid lies, along each axis from -1 to 1: [N,3,D,H,W]. A network that
/// sees whole volumes on one grid learns with it what belongs where.
torch::Tensor position_features(std::int64_t n, std::int64_t d, std::int64_t h, std::int64_t w,
                                const torch::TensorOptions& options);

}  // namespace voxprior
