#pragma once

#include <torch/types.h>

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

/// Denoises the central crop (at most `crop` voxels a side, cut to the alignment) of each volume at each of the kind's
/// noise levels, always with the same noise.
std::vector<ValidationScore> validate(ModelKind kind, Unet& network, const HaarPreconditioner& preconditioner,
                                      const std::vector<TrainingVolume>& volumes, std::int64_t crop);

double mean_psnr(const std::vector<ValidationScore>& scores);

}  // namespace voxprior
