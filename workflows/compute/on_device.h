#pragma once

#include <torch/types.h>

#include "pipeline/core/denoiser.h"

namespace voxprior {

/// A network on its device, for volumes that lie in main memory.
inline Denoiser on_device(const Denoiser& network, const torch::Device& device) {
  return
      [network, device](const torch::Tensor& x, double sigma) { return network(x.to(device), sigma).to(torch::kCPU); };
}

}  // namespace voxprior
