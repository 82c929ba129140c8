#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// The image A^H y alone, in the scale in which it explains the data best: a A^H y with a = argmin |a A A^H y - y|. The
/// zero-filled image of Cartesian MRI, the plain back-projection of CT: what undersampling does to an image is seen in
/// it unmixed.
torch::Tensor reconstruct_adjoint(const NormalisedProblem& problem, const MethodOptions& options,
                                  IterationMonitor& monitor);

}  // namespace voxprior
