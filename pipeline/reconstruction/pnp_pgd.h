#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Plug-and-play proximal gradient with FISTA's momentum: fista() with D(., sigma_k) for its proximal step. No inner
/// problem is solved: an iteration is one A, one A^H and one D. sigma_k falls from sigma_start to sigma_end in the
/// first half of the iterations and stays. Without momentum it converges for a step below 2 if D is averaged, and for 1
/// / (mu (1 + 1/eps)) < step < 2 - 1 / (1 + 1/eps) if D - I is eps-Lipschitz and A^H A >= mu (Ryu et al., ICML 2019);
/// with momentum, for step <= 1, convergence is shown for proximal D alone. For a Gaussian prior of std s the fixed
/// point is the ridge regression with weight sigma^2 / (step s^2): the posterior mean when sigma is the noise and
/// step 1. Kamilov, Mansour and Wohlberg, IEEE Signal Processing Letters 24:1872-1876, 2017.
///
/// Reads iterations, tolerance, step, sigma_start, sigma_end.
torch::Tensor reconstruct_pnp_pgd(const NormalisedProblem& problem, const MethodOptions& options,
                                  IterationMonitor& monitor);

}  // namespace voxprior
