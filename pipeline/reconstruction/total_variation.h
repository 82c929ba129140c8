#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// argmin_u |A u - y|^2 / 2 + lambda TV(u), isotropic in three dimensions (total_variation_prox.h), by FISTA (fista.h)
/// with step 1. Convex: converges to the minimum from anywhere. Its proximal step is solved by a few warm-started dual
/// iterations. Differences are taken per voxel, whatever the spacing. Rudin, Osher and Fatemi, Physica D 60:259-268,
/// 1992.
///
/// Reads iterations, tolerance, lambda.
torch::Tensor reconstruct_total_variation(const NormalisedProblem& problem, const MethodOptions& options,
                                          IterationMonitor& monitor);

}  // namespace voxprior
