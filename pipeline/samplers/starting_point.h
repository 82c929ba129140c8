#pragma once

#include <torch/types.h>

#include "pipeline/core/denoiser.h"
#include "pipeline/samplers/registry.h"

namespace voxprior {

/// Where sampling of whole volumes starts: D(noise, sigma) + noise, for noise of standard deviation sigma. It is where
/// an Euler step from infinite noise arrives, in whose direction D is the mean of all volumes. Noise alone does not
/// hide that this mean is missing unless sigma is far above the *norm* of the mean, which grows with the root of the
/// number of voxels: at sigma 20 a volume of 16x16x16 voxels starts two standard deviations off, and is drawn too dark.
torch::Tensor starting_point(const Denoiser& denoise, const torch::Tensor& noise, double sigma);

/// The sampler begun at the starting point of the noise that it is given: one evaluation more. For denoisers of whole
/// volumes; one that is told what its volume is around, as the octaves of a cascade are, gains nothing (measured).
NamedSampler begun_at_mean(NamedSampler sampler);

}  // namespace voxprior
