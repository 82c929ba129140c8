#pragma once

/// Put before a function whose loops the compiler should vectorise: on x86-64 it is compiled for AVX2 with fused
/// multiply-add as well as for the baseline, and the processor chooses when the program starts.
#if defined(__x86_64__) && defined(__GNUC__)
#define VOXPRIOR_AVX2_TOO __attribute__((target_clones("arch=haswell", "default")))
#else
#define VOXPRIOR_AVX2_TOO
#endif
