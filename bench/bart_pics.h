#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>

#include "bench/recon_experiments.h"

namespace voxprior {

struct PeerImage {
  torch::Tensor image;  ///< [D,H,W] complex64, in the unit of the data
  double cpu_seconds = 0;
  double seconds = 0;
};

/// `bart pics` on the k-space and the sensitivities of an MRI experiment, with `regularisation` such as "W:7:0:0.001"
/// and as many iterations; BART scales the data by itself. Files lie in `folder`. Throws Error(ExitCode::resources)
/// when there is no bart or it fails.
PeerImage bart_pics(const Experiment& experiment, const std::string& regularisation, int iterations,
                    const std::filesystem::path& folder);

}  // namespace voxprior
