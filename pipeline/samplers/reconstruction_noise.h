#pragma once

#include <torch/types.h>

#include "pipeline/noise/random.h"

namespace voxprior {

/// Gives white noise [D,H,W] of variance 1 the correlation of filtered back-projection, and returns it with variance 1.
///
/// In the plane (H, W) the noise power spectrum is that of a ramp filter under an apodisation,
/// NPS(f) ~ f exp(-2 (f / cutoff)^2), f in cycles per voxel: nothing at f = 0, and the softer the kernel, the lower
/// `cutoff` (0.2 soft tissue, 0.6 and more lung and bone, 1.5 next to a bare ramp). Between slices (D) each takes the
/// share `overlap` (0 to 0.25) of both neighbours, as overlapping slices do. Every axis is periodic. Riederer, Pelc &
/// Chesler, The noise power spectrum in computed X-ray tomography. Phys Med Biol 1978; 23:446.
torch::Tensor reconstruction_noise(const torch::Tensor& white, double cutoff, double overlap);

/// The same as from a reconstruction kernel drawn at random, soft to sharp.
torch::Tensor random_reconstruction_noise(const torch::Tensor& white, Random& random);

}  // namespace voxprior
