#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "models/kind.h"
#include "models/network/unet.h"
#include "models/precondition.h"
#include "models/training/source.h"

namespace voxprior {

/// One held-out volume at one noise level.
struct ValidationScore {
  std::string volume;
  double sigma;
  double psnr_db;  ///< peak 1 (the 99.5th percentile), over voxels above 0.02
};

/// The noise levels at which a kind of model is scored.
std::vector<double> validation_sigmas(ModelKind kind);

/// Voxels a side that are scored; a network that sees whole volumes is scored on whole volumes.
std::int64_t validation_crop(const TrainingConfig& config);

/// The central crop of a volume [D,H,W], at most `crop` voxels a side, cut to multiples of `alignment`.
torch::Tensor central_crop(torch::Tensor volume, std::int64_t crop, std::int64_t alignment);

/// A crop [D,H,W] with the noise of volume number `number`, always the same: [1,1,D,H,W]. For kind detail the low band
/// stays what it is.
torch::Tensor validation_noisy(ModelKind kind, const torch::Tensor& clean, double sigma, std::uint64_t number);

/// dB, peak 1, over voxels of `clean` above 0.02.
double psnr_in_foreground(const torch::Tensor& clean, const torch::Tensor& estimate);

/// Denoises the central crop of each volume at each of the kind's
/// noise levels, always with the same noise.
std::vector<ValidationScore> validate(ModelKind kind, Unet& network, const HaarPreconditioner& preconditioner,
                                      const std::vector<TrainingVolume>& volumes, std::int64_t crop);

double mean_psnr(const std::vector<ValidationScore>& scores);

}  // namespace voxprior
