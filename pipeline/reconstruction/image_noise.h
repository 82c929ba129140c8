#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>

namespace voxprior {

/// White noise of standard deviation 1 in the shape and type of an image u [D,H,W]; of a complex u, in each of its
/// parts. Draw `index` of seed s is what step_noise({s}) draws for [1,1,D,H,W], or [1,2,D,H,W] with the parts as
/// channels.
using ImageNoise = std::function<torch::Tensor(const torch::Tensor& like, std::uint64_t index)>;

ImageNoise image_noise(std::uint64_t seed);

}  // namespace voxprior
