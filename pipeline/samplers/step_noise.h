#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/core/sampler.h"

namespace voxprior {

/// Noise for stochastic samplers, one seed a sample. Draw `index` of sample n is stream index + 1 of seeds[n] (stream 0
/// is starting_noise), drawn on the CPU in float32: it does not depend on the batch, the device or the threads, and a
/// sampler that keeps the same steps sees the same noise whatever else it does. `like` must be [N,C,D,H,W], N seeds.
StepNoise step_noise(std::vector<std::uint64_t> seeds);

}  // namespace voxprior
