#include "workflows/blas_kernels.h"

#include <cstdlib>

namespace voxprior {
namespace {

/// OpenBLAS's name for the kernels; nullptr where it shall see for itself.
const char* kernels_of_processor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return "SkylakeX";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "Haswell";
#endif
  return nullptr;
}

}  // namespace

BlasKernels::BlasKernels() : told_(kernels_of_processor() != nullptr && std::getenv(kVariable) == nullptr) {
  if (told_) setenv(kVariable, kernels_of_processor(), 1);
}

BlasKernels::~BlasKernels() {
  if (told_) unsetenv(kVariable);
}

}  // namespace voxprior
