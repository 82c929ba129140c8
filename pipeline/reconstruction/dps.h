#pragma once

#include "pipeline/reconstruction/reconstruct.h"

namespace voxprior {

/// Diffusion posterior sampling: ancestral sampling, guided by the gradient of the data term *through the denoiser*. In
/// the coordinates x = x0 + sigma n, from x = start + sigma_0 n:
///
///   x0 = D(x, sigma),   r = A x0 - y
///   g  = (sigma^2 / v) grad_x |A D(x, sigma) - y|^2 / 2,   v = max(noise^2, mean of |r|^2 over the data)
///   x <- x0 - step g + (sigma'/sigma)^2 (x - x0 + step g) + sigma' sqrt(1 - sigma'^2 / sigma^2) n
///
/// Tweedie's formula applied to the posterior score: x0 - g is the denoised image given y too, when the error of x0
/// seen through A is white with variance v. The paper leaves the size of the step free and divides by |r|, which has to
/// be tuned anew for every size of image; the mean square of r estimates the variance that belongs there, so step = 1
/// has the right scale for every size.
///
/// Not a sampler of the posterior, nor is the paper's: the covariance that belongs in the place of v is A S A^H +
/// noise^2, S that of the clean image given x, and no number equals it where A or the prior treats one direction unlike
/// another. For a Gaussian prior the mean comes out nearly right and the spread does not: it nearly vanishes in some
/// directions (a test says how much). The image explains the data. mmps.h has the covariance.
///
/// Costs a backward pass of D a step: three times the time of the others and much more memory. D must be
/// differentiable, and a tiled network is not. The result is the last x0 - g. Chung et al., Diffusion posterior
/// sampling for general noisy inverse problems, ICLR 2023, arXiv:2209.14687, Algorithm 1.
///
/// Reads iterations, step, sigma_start, sigma_end, seed. Throws Error(ExitCode::usage) for a D that is not
/// differentiable.
torch::Tensor reconstruct_dps(const NormalisedProblem& problem, const MethodOptions& options,
                              IterationMonitor& monitor);

}  // namespace voxprior
