#pragma once

#include <c10/core/Device.h>

#include <string>

namespace voxprior {

/// auto: the first GPU if LibTorch can use one, else the CPU. Throws Error(ExitCode::resources) when a GPU is asked for
/// and there is none.
c10::Device choose_device(const std::string& name);

/// Before anything is computed: as many threads, and tensors whose memory is used again (BlockCache).
void use_cpu(int threads);

}  // namespace voxprior
