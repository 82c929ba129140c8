#include "workflows/compute/device.h"

#include <ATen/Parallel.h>
#include <torch/cuda.h>

#include "base/error.h"
#include "pipeline/core/block_cache.h"

namespace voxprior {

c10::Device choose_device(const std::string& name) {
  const bool usable = name != "cpu" && torch::cuda::is_available();
  if (name == "cuda" && !usable) {
    fail(ExitCode::resources, "--device cuda: no usable GPU (or a LibTorch without CUDA); use --device cpu");
  }
  return usable ? c10::Device(c10::kCUDA, 0) : c10::Device(c10::kCPU);
}

void use_cpu(int threads) {
  cache_tensor_memory();
  at::set_num_threads(threads);
}

}  // namespace voxprior
