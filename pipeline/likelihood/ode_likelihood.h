#pragma once

#include <torch/types.h>

#include <cstdint>

#include "pipeline/core/denoiser.h"
#include "pipeline/core/progress.h"
#include "pipeline/likelihood/dormand_prince.h"

namespace voxprior {

struct OdeLikelihoodOptions {
  double sigma_min = 0.01;        ///< the density is that of the data with noise of this level
  double sigma_max = 80;          ///< where the ODE ends and the density is taken to be Gaussian
  double data_std = 1;            ///< that Gaussian is N(0, sigma_max^2 + data_std^2)
  double quantisation_width = 1;  ///< of one grey level, in the unit of the volume: bits are those of naming a level
  int probes = 1;                 ///< random vectors of the trace estimate; each costs a backward pass
  OdeTolerance tolerance;
};

struct OdeLikelihood {
  double bits_per_voxel = 0;  ///< -log2(p(volume) quantisation_width^voxels) / voxels
  double standard_error = 0;  ///< of bits_per_voxel, from the spread between probes; NaN with one probe
  torch::Tensor bits_map;     ///< [1,C,D,H,W] float32: what each voxel contributes; its mean is bits_per_voxel
  torch::Tensor latent;       ///< [1,C,D,H,W]: where the volume came to at sigma_max
  int evaluations = 0;        ///< of the denoiser, each with `probes` backward passes
};

/// The log-likelihood of one volume [1,C,D,H,W] under the distribution that the probability-flow ODE of `denoise`
/// makes of Gaussian noise: exact up to the tolerance of the solver and the variance of the trace estimate.
///
///   ln p(x) = ln N(x_T; 0, sigma_max^2 + data_std^2) + int (voxels - tr dD/dx) d ln sigma,   from sigma_min to
///   sigma_max
///
/// along dx / d ln sigma = x - D(x, sigma): Song et al. 2021, arXiv:2011.13456, equation 39 and appendix D.2. The trace
/// is Skilling's and Hutchinson's, E z^T (dD/dx) z with signs z drawn from (seed, probe): exact for a diagonal
/// Jacobian.
///
/// The likelihood is of the volume as a point. For data in grey levels add uniform noise of one level first, or the
/// density may exceed what levels allow. The map shows where a volume is unlikely given the whole; its voxels are not
/// independent, and where the flow moves mass from voxel to voxel the split between them is a convention.
///
/// Throws Error(ExitCode::model) if `denoise` passes no gradient to x (it runs under NoGradGuard, or is no
/// differentiable function), if the result is not finite or the tolerance cannot be kept.
OdeLikelihood ode_likelihood(const Denoiser& denoise, const torch::Tensor& volume, std::uint64_t seed,
                             const OdeLikelihoodOptions& options = {}, const Progress& progress = {});

}  // namespace voxprior
