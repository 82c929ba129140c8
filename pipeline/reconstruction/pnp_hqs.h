#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Plug-and-play half-quadratic splitting with the schedule of DPIR. For sigma_k falling from sigma_start to sigma_end:
///
///   u_k = argmin_u |A u - y|^2 + alpha_k |u - z_k-1|^2,   alpha_k = lambda noise^2 / sigma_k^2
///   z_k = D(u_k, sigma_k)
///
/// and z is the result. For a fixed sigma and a D that is the proximal map of a convex prior this alternates two
/// proximal maps and converges; with the falling sigma it is a path of a few steps that is followed to its end, not
/// iterated to convergence. For a Gaussian prior of std s, D = s^2 / (s^2 + sigma^2), its fixed point is the ridge
/// regression with weight lambda noise^2 / (s^2 + sigma^2): the posterior mean as sigma goes to 0, for lambda = 1.
/// Zhang et al. 2022, IEEE TPAMI 44:6360-6376, equations 6 and 8 (their lambda is 0.23).
///
/// Reads iterations, lambda, sigma_start, sigma_end, cg_iterations.
torch::Tensor reconstruct_pnp_hqs(const NormalisedProblem& problem, const MethodOptions& options,
                                  IterationMonitor& monitor);

}  // namespace voxprior
