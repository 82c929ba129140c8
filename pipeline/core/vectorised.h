#pragma once

/// Put before a function whose loops the compiler should vectorise: on x86-64 it is compiled for AVX2 as well as for
/// the baseline, and the processor chooses when the program starts. AVX2 alone and no "arch=": that would ask for one
/// maker's processor by name. Without fused multiply-add both round alike.
#if defined(__x86_64__) && defined(__GNUC__)
#define VOXPRIOR_AVX2_TOO __attribute__((target_clones("avx2", "default")))
#else
#define VOXPRIOR_AVX2_TOO
#endif
