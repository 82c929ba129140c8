#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Moment-matching posterior sampling: ancestral sampling towards the mean of the clean image given x *and* the data,
/// with the covariance that the denoiser itself has. In the coordinates x = x0 + sigma n, from x = start + sigma_0 n:
///
///   x0 = D(x, sigma),   S = sigma^2 J^T,   J the Jacobian of D at x
///   (A S A^H + noise^2) w = y - A x0      by at most cg_iterations steps of CG from 0
///   x0hat = x0 + S A^H w
///   x <- x0hat + (sigma'/sigma)^2 (x - x0hat) + sigma' sqrt(1 - sigma'^2 / sigma^2) n
///
/// By Tweedie's formulas x0 and S are mean and covariance of the clean image given x. If that image is Gaussian, x0hat
/// is exactly its mean given y too: for a Gaussian prior, linear A, CG that converges and enough levels, the images are
/// samples of the posterior, mean and covariance, as a test shows. Where the prior is not Gaussian it is the best
/// Gaussian approximation at each level. `dps` is this with the number v in place of A S A^H + noise^2, and pigdm (Song
/// et al., ICLR 2023) with r^2 A A^H + noise^2: neither is right when A or the prior treats one direction unlike
/// another. CG that is cut short pulls less, never too much.
///
/// The levels go down to sigma_end, not only to the noise of the data: a sample at level sigma_end still lacks the
/// spread below it. What is coarser than sigma_start is as the start has it and not sampled. Costs up to cg_iterations
/// + 1 backward passes of D a level, the dearest of all methods; D must be differentiable, and a tiled network is not.
/// The result is the last x0hat. Rozet, Andry, Lanusse and Louppe, Learning diffusion priors from observations by
/// expectation maximization, NeurIPS 2024, arXiv:2405.13712, section 4.2; the covariance of Tweedie's formula in
/// ancestral sampling also in Boys et al., Tweedie moment projected diffusions for inverse problems, arXiv:2310.06721.
///
/// Reads iterations, sigma_start, sigma_end, cg_iterations, seed. Throws Error(ExitCode::usage) for a D that is not
/// differentiable.
torch::Tensor reconstruct_mmps(const NormalisedProblem& problem, const MethodOptions& options,
                               IterationMonitor& monitor);

}  // namespace voxprior
