#pragma once

#include <torch/types.h>

#include <vector>

#include "models/network/local_unet.h"
#include "models/precondition.h"
#include "models/training/patches.h"

namespace voxprior {

/// One held-out volume at one noise level.
struct ValidationScore {
  std::string volume;
  double sigma;
  double psnr_db;  ///< peak 1 (the 99.5th percentile), over voxels above 0.02
};

/// Denoises the central crop (at most `crop` voxels a side, cut to the alignment) of each volume at Gaussian sigma
/// 0.03, 0.05, 0.09 and 0.15, always with the same noise.
std::vector<ValidationScore> validate(LocalUnet& network, const HaarPreconditioner& preconditioner,
                                      const std::vector<TrainingVolume>& volumes, std::int64_t crop);

double mean_psnr(const std::vector<ValidationScore>& scores);

}  // namespace voxprior
