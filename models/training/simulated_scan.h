#pragma once

#include <torch/types.h>

#include "models/training/config.h"
#include "pipeline/noise/random.h"

namespace voxprior {

/// A clean volume and what a scanner would have shown of it.
struct SimulatedScan {
  torch::Tensor
      clean;  ///< [D,H,W] float32: what there is to find; where k-space was filtered, at the scan's resolution
  torch::Tensor noisy;  ///< [D,H,W] float32
};

/// A scan of `clean` [D,H,W], contiguous float32, with noise drawn as `noise` says: its kind, its sigma (draw_sigma()),
/// and for the shares of the configuration
///   correlated_share   k-space that was measured in part or under a window, 60 to 100 % along each axis (modality ct:
///                      the spectrum of filtered back-projection, pipeline/samplers/reconstruction_noise.h),
///   varying_share      a sigma that grows up to threefold along one axis, its root mean square staying what it is,
///   zeroed_background  voxels that are 0 stay 0, as in skull-stripped scans.
/// A function of the state of `random` alone.
SimulatedScan simulate_scan(const torch::Tensor& clean, const TrainingConfig& config, Random& random);

/// The same with white noise of the first kind of the configuration, one sigma, one seed: for validation.
SimulatedScan simulate_plain_scan(const torch::Tensor& clean, const TrainingConfig& config, double sigma,
                                  std::uint64_t seed);

}  // namespace voxprior
