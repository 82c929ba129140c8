#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace voxprior {

/// Where sampling starts: white noise of standard deviation sigma_max, [N,C,D,H,W] float32 on the CPU, N seeds.
/// Sample n depends on seeds[n] and `shape` [C,D,H,W] alone: not on its batch, the device or the number of threads.
torch::Tensor starting_noise(const std::vector<std::uint64_t>& seeds, const std::vector<std::int64_t>& shape,
                             double sigma_max);

}  // namespace voxprior
