#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/reconstruction/normalised_problem.h"
#include "pipeline/reconstruction/problem.h"

namespace voxprior {

/// `count` levels at which a method asks the denoiser: even steps in ln sigma from options.sigma_start down to
/// options.sigma_end. The end is raised to the noise of the data, since a denoiser that removes less than that leaves
/// it in; both are brought into the range that the denoiser was trained on. A count of 1 is the end alone. The schedule
/// of DPIR: Zhang et al., Plug-and-play image restoration with deep denoiser prior, IEEE Trans Pattern Analysis and
/// Machine Intelligence 44:6360-6376, 2022, section 4.2.
std::vector<double> denoiser_levels(const NormalisedProblem& problem, const MethodOptions& options, int count);

/// The same without regard to the noise of the data: for methods that sample the posterior, whose spread below the
/// noise is drawn at levels below it.
std::vector<double> sampling_levels(const NormalisedProblem& problem, const MethodOptions& options, int count);

/// From x at level sigma to level sigma' < sigma by the reverse diffusion (DDPM, Ho et al., arXiv:2006.11239, equation
/// 7) towards `clean`, the mean of the clean image; in the coordinates x = x0 + sigma n:
///
///   clean + (sigma'/sigma)^2 (x - clean) + sigma' sqrt(1 - sigma'^2 / sigma^2) noise
torch::Tensor ancestral_step(const torch::Tensor& x, const torch::Tensor& clean, double sigma, double next,
                             const torch::Tensor& noise);

/// The first of them, and after them the last for ever: for methods that come down to a level and then converge at it.
double level_or_last(const std::vector<double>& levels, int iteration);

/// The iterations, out of options.iterations, in which such methods come down.
int descending_iterations(const MethodOptions& options);

/// The weight of the prior against the data at denoiser level sigma, lambda noise^2 / sigma^2: the data step
///
///   argmin_u |A u - y|^2 / noise^2 + lambda |u - z|^2 / sigma^2
///
/// is Bayes' rule for a z with error sigma when lambda is 1.
double prior_weight(const NormalisedProblem& problem, const MethodOptions& options, double sigma);

}  // namespace voxprior
