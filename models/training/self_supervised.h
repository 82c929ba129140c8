#pragma once

#include <torch/types.h>

#include <vector>

#include "models/network_file.h"
#include "models/training/train_network.h"
#include "pipeline/core/denoiser.h"

namespace voxprior {

/// Trains a denoiser without clean data, from scans whose noise is known (RecorruptedSource): of run.config, which is
/// self-supervised, from the network of `from` or, where that is null, from random weights.
///
/// Without `validation` a part of each training scan is held out (hold_out()). The guard: where the averaged network
/// does not beat, on what is held out, the network that it started from, model.safetensors holds the latter, and the
/// last line of metrics.jsonl says so. A network that starts from random weights is the band-wise Wiener filter.
/// Throws as train_with() does, and Error(ExitCode::input) for scans too small for the network or to hold a part out.
void train_self_supervised(const TrainingRun& run, const NetworkFile* from, std::vector<TrainingVolume> training,
                           std::vector<TrainingVolume> validation, const TrainingObserver& observer);

/// Cuts a slab out of each scan, across its longest axis, and returns the slabs: the middle sixth (at least 16 voxels)
/// where both sides of it are as wide as a patch, else the last sixth. Networks that learn from the rest see nothing of
/// the noise in it. Throws Error(ExitCode::input) for a scan with less than 32 voxels along that axis.
std::vector<TrainingVolume> hold_out(std::vector<TrainingVolume>& training, std::int64_t patch);

/// An unbiased estimate of a mean squared error against a clean scan that nobody has.
struct Risk {
  double mean_square = 0;
  double standard_error = 0;  ///< of the mean, from the spread over blocks of 8x8x8 voxels
};

/// The risk E |D(x + noise, sigma) - x|^2 of a denoiser on a scan that it was not trained on, over the voxels that are
/// not blanked background; n is unit Gaussian, from a fixed seed and `number`.
///
/// With repeats: |D(y) - m|^2 less the variance of m, the mean of the repeats. Without: Stein's unbiased estimate
/// |D - y|^2 - s^2 + 2 s^2 div D, the divergence from the symmetric difference along n (Ramani et al. 2008), which,
/// with steps of A n as in recorrupt(), is exact at the level s sqrt(1 + 0.2^2), 2 % above that of the scan. Where s
/// varies, the level is that of its largest value. Axes must be multiples of the denoiser's alignment.
Risk estimate_risk(const Denoiser& denoise, const TrainingVolume& scan, std::uint64_t number);

/// The level at which estimate_risk() asks the denoiser.
double level_of_risk(const TrainingVolume& scan);

}  // namespace voxprior
