#pragma once

#include <torch/types.h>

#include <cstddef>
#include <functional>
#include <vector>

#include "pipeline/cascade/cascade.h"
#include "pipeline/core/progress.h"

namespace voxprior {

/// The latent of a volume: white noise of std 1 on the volume's own grid, of which the cascade's probability-flow ODEs
/// make the volume. Its Haar bands are the noise of the levels: the detail bands that of the last octave, those of its
/// LLL band that of the octave before, and so on. An orthonormal transform of white noise is white noise, so the latent
/// of a volume like those of training looks like noise, and any white noise is the latent of some volume.
///
/// volume [1,1,D,H,W] of the cascade's full resolution. `progress` is told of all levels together.
/// Song et al. 2021, arXiv:2011.13456, section 4.3, level by level.
torch::Tensor encode_volume(const Cascade& cascade, const torch::Tensor& volume, const Progress& progress = {});

/// The volume of a latent: the inverse of encode_volume up to the error of the ODE solver.
torch::Tensor decode_latent(const Cascade& cascade, const torch::Tensor& latent, const Progress& progress = {});

/// Point `t` in 0 .. 1 of the great circle from latent a to latent b, which keeps the norm that noise has (White 2016,
/// arXiv:1609.04468): the straight line between two draws of noise runs through values that are too small to be noise.
torch::Tensor interpolate_latents(const torch::Tensor& a, const torch::Tensor& b, double t);

}  // namespace voxprior
