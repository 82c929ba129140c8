#include "models/precision.h"

namespace voxprior {
namespace {

bool processor_computes_in_bfloat16() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

}  // namespace

torch::ScalarType choose_precision(const std::string& choice, torch::Device device) {
  if (choice == "float32") return torch::kFloat32;
  if (choice == "bfloat16" || device.is_cuda()) return torch::kBFloat16;
  return processor_computes_in_bfloat16() ? torch::kBFloat16 : torch::kFloat32;
}

}  // namespace voxprior
