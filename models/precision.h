#pragma once

#include <torch/types.h>

#include <string>

namespace voxprior {

/// The data type of the layers between a network's first and last convolution. `choice` is auto, float32 or bfloat16;
/// auto takes bfloat16 on CUDA devices and on processors with AVX512-BF16 (twice the speed there), float32 elsewhere.
torch::ScalarType choose_precision(const std::string& choice, torch::Device device);

}  // namespace voxprior
