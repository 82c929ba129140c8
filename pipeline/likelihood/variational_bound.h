#pragma once

#include <torch/types.h>

#include <optional>
#include <vector>

#include "pipeline/core/sampler.h"
#include "pipeline/samplers/band_errors.h"
#include "pipeline/samplers/reverse_variance.h"

namespace voxprior {

struct BoundOptions {
  ReverseVariance variance = fixed_small_variance;  ///< of the reverse steps: fixed small, fixed large or analytic
  std::optional<BandErrors> band_errors;            ///< learned: in place of `variance`, another one in each Haar band
  double data_std = 1;  ///< the prior is N(0, sigma_T^2 + data_std^2); 1 is N(0, I) of a variance-preserving model
  double quantisation_width = 1;  ///< of one grey level, in the unit of the volumes: bits are those of naming a level
  bool discretised_decoder = false;  ///< the probability of the level itself instead of density times width
};

/// Upper bound on -log2(p(volume) quantisation_width^voxels) / voxels, and its parts. All in bits per voxel.
struct VariationalBound {
  double total = 0;
  double prior = 0;           ///< KL(q(x_T | x0) | prior): what the schedule's start leaves of the volume
  std::vector<double> steps;  ///< KL(q(x_to | x_from, x0) | p(x_to | x_from)) for each step between levels above 0
  double decoder = 0;         ///< -log2 p(x0 | x_1), from the lowest level above 0
};

/// The variational bound of the diffusion model that takes the steps of `sigmas` (a final 0 is passed over; the decoder
/// goes from the lowest level above it), averaged over `volumes` [N,C,D,H,W] and one draw of noise for each step: draw
/// i for step i, fresh for each. Ho et al. 2020, arXiv:2006.11239, equation 5; the variance terms of the KL divergence
/// are kept, since `variance` need not be that of q. With D and e the error |x0 - D(x, from)|^2 per voxel:
///
///   step = 1/2 (ln(v/q) + q/v - 1) + 1/2 (1 - to^2/from^2)^2 e / v,   q = fixed_small_variance(from, to), v = variance
///
/// With band_errors the step is the mean of that over the Haar bands of x [N,1,D,H,W], each with v and e of its own,
/// and the decoder is Gaussian band by band; bands that are given (of variance 0) count nothing.
///
/// The decoder is N(D, v_1) with v_1 = variance(sigma_1, 0), or sigma_1^2 where that is 0 (fixed small). With the
/// analytic variance and data that are white and Gaussian the bound is the exact value for any number of steps.
VariationalBound variational_bound(const Denoiser& denoise, const torch::Tensor& volumes,
                                   const std::vector<double>& sigmas, const StepNoise& noise,
                                   const BoundOptions& options = {}, const Progress& progress = {});

}  // namespace voxprior
