#pragma once

#include <torch/types.h>

#include "models/gan/generator_file.h"
#include "pipeline/core/sampler.h"

namespace voxprior {

/// A generator as a sampler with one network call: the first numbers of the white noise x [N,1,D,H,W], over sigmas[0],
/// are the latent. It asks no denoiser. `classes` [1] int64: what is told; undefined for nothing. Result on the CPU.
Sampler generator_sampler(const GeneratorFile& generator, torch::Device device, torch::Tensor classes);

}  // namespace voxprior
