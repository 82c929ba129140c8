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
  double sigma;              ///< 0: none is known of, or none there: real pairs, the reconstruction of an autoencoder
  double psnr_db;            ///< peak 1 (the 99.5th percentile), over voxels above 0.02
  std::string sampler = {};  ///< of a bridge: with which it was followed
};

/// The central voxels of a volume [D,H,W]: at most `crop` a side, cut to a multiple of `alignment`; none of a volume
/// that is thinner than that.
torch::Tensor central_crop(torch::Tensor x, std::int64_t crop, std::int64_t alignment);

/// In dB, peak 1 (of a latent that is its standard deviation), over all values.
double psnr(const torch::Tensor& clean, const torch::Tensor& estimate);

/// The same over the voxels of `clean` above 0.02.
double psnr_in_foreground(const torch::Tensor& clean, const torch::Tensor& estimate);

/// The noise levels at which a kind of denoiser is scored.
std::vector<double> validation_sigmas(ModelKind kind);

/// Voxels a side that are scored; a network that sees whole volumes is scored on whole volumes.
std::int64_t validation_crop(const TrainingConfig& config);

/// A crop [D,H,W], or a latent [C,D,H,W], with the noise of volume number `number`, always the same: [1,C,D,H,W]. For
/// kind detail the low band stays what it is.
torch::Tensor validation_noisy(ModelKind kind, const torch::Tensor& clean, double sigma, std::uint64_t number);

/// Denoises the central crop of each volume, a latent [C,D,H,W] whole, at each of the kind's noise levels, always with
/// the same noise, told what is known of the volume.
std::vector<ValidationScore> validate(ModelKind kind, Unet& network, const HaarPreconditioner& preconditioner,
                                      const std::vector<TrainingVolume>& volumes, std::int64_t crop,
                                      const Conditioning& conditioning);

double mean_psnr(const std::vector<ValidationScore>& scores);

}  // namespace voxprior
