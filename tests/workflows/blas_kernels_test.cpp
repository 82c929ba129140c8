#include "workflows/blas_kernels.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace voxprior {
namespace {

TEST(BlasKernels, AreToldAsLongAsTheObjectLives) {
  unsetenv(BlasKernels::kVariable);
  {
    const BlasKernels kernels;
    EXPECT_EQ(kernels.told(), std::getenv(BlasKernels::kVariable) != nullptr);
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512vl")) EXPECT_STREQ(std::getenv(BlasKernels::kVariable), "SkylakeX");
    if (!__builtin_cpu_supports("avx2")) EXPECT_FALSE(kernels.told()) << "none that the processor could not run";
#endif
  }
  EXPECT_EQ(std::getenv(BlasKernels::kVariable), nullptr);
}

TEST(BlasKernels, OfTheUserStay) {
  setenv(BlasKernels::kVariable, "Nehalem", 1);
  {
    const BlasKernels kernels;
    EXPECT_FALSE(kernels.told());
    EXPECT_STREQ(std::getenv(BlasKernels::kVariable), "Nehalem");
  }
  EXPECT_STREQ(std::getenv(BlasKernels::kVariable), "Nehalem");
  unsetenv(BlasKernels::kVariable);
}

}  // namespace
}  // namespace voxprior
