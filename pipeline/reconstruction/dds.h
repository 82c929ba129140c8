#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Decomposed diffusion sampling: DDIM whose denoised image is pulled towards the data by a few steps of CG. In the
/// coordinates x = x0 + sigma n, where its alpha-bar is 1 / (1 + sigma^2) and drops out, from x = start + sigma_0 n:
///
///   x0    = D(x, sigma),   ehat = (x - x0) / sigma
///   x0hat = M steps of CG, from x0, on (1 + gamma A^H A) u = x0 + gamma A^H y,   gamma = 1 / lambda
///   x    <- x0hat + sigma' (eta n + sqrt(1 - eta^2) ehat),   eta^2 = zeta
///
/// M = cg_iterations is part of the method, not of its accuracy: few steps stay in a Krylov space that begins at x0 and
/// so near the data manifold. gamma is one number for all levels (1 in the paper), and unlike DiffPIR's rho does not
/// use the noise: samples lie closer together than those of the posterior, for a Gaussian prior too. The result is the
/// last x0hat. A sampler: nothing to converge to, and a seed is a sample. Chung, Lee
/// and Ye, Decomposed diffusion sampler for accelerating large-scale inverse problems, ICLR 2024, Algorithm 2 and
/// equation 13; the prior here is three-dimensional, so their total variation along z is not needed.
///
/// Reads iterations, lambda, sigma_start, sigma_end, zeta, cg_iterations, seed.
torch::Tensor reconstruct_dds(const NormalisedProblem& problem, const MethodOptions& options,
                              IterationMonitor& monitor);

}  // namespace voxprior
