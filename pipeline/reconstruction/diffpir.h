#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// DiffPIR: half-quadratic splitting inside a diffusion sampler. In the coordinates x = x0 + sigma n, where its
/// alpha-bar is 1 / (1 + sigma^2) and drops out, from x = start + sigma_0 n, for sigma = sigma_t and sigma' =
/// sigma_t-1:
///
///   x0    = D(x, sigma)
///   x0hat = argmin_u |A u - y|^2 + rho_t |u - x0|^2,   rho_t = lambda noise^2 / sigma^2
///   ehat  = (x - x0hat) / sigma
///   x    <- x0hat + sigma' (sqrt(1 - zeta) ehat + sqrt(zeta) n)
///
/// The result is D at the last level: as in its code, the last step has no data step. A sampler, not a minimiser: there
/// is nothing to converge to, and a seed is a sample. Its spread is that of the paper's heuristic: x0 is taken to have
/// the error sigma, more than it has, so that data count for more than Bayes' rule would have them with lambda 1. For a
/// Gaussian prior samples with lambda 1 and a small zeta are nearly those of the posterior, with larger lambda biased
/// towards the prior and too wide (a test has the figures). Zhu
/// et al., Denoising diffusion models for plug-and-play image restoration, CVPRW 2023, Algorithm 1.
///
/// Reads iterations, lambda, sigma_start, sigma_end, zeta, cg_iterations, seed.
torch::Tensor reconstruct_diffpir(const NormalisedProblem& problem, const MethodOptions& options,
                                  IterationMonitor& monitor);

}  // namespace voxprior
