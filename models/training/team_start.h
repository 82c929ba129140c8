#pragma once

#include <torch/nn/module.h>

#include <cstdint>
#include <string>

#include "models/training/peers.h"

namespace voxprior {

/// Throws Error(ExitCode::input) unless this process starts with the weights, the step and the data of rank 0: the
/// means of gradients of different networks would mean nothing.
void check_same_start(Peers& peers, const torch::nn::Module& network, std::int64_t step,
                      const std::string& data_identity);

}  // namespace voxprior
