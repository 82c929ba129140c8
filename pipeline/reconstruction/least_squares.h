#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// argmin_u |A u - y|^2 + lambda |u|^2 by conjugate gradients from 0: CG-SENSE for MRI (Pruessmann et al., Magnetic
/// Resonance in Medicine 46:638-651, 2001), weighted least squares for CT. Converges for every A; the error falls by
/// (sqrt(k) - 1) / (sqrt(k) + 1) an iteration, k = (1 + lambda) / (smallest eigenvalue + lambda). With lambda = 0 the
/// iterations fit the image first and the noise later, and stopping is the regularisation.
///
/// Reads iterations, tolerance, lambda.
torch::Tensor reconstruct_least_squares(const NormalisedProblem& problem, const MethodOptions& options,
                                        IterationMonitor& monitor);

}  // namespace voxprior
