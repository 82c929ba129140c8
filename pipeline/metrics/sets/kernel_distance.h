#pragma once

#include "pipeline/metrics/sets/tables.h"

namespace voxprior {

/// k(x, y) = (x.y / dims + 1)^3: the kernel of the Kernel Inception Distance, whose MMD^2 sees the first three moments.
/// Binkowski et al., Demystifying MMD GANs. ICLR 2018.
PairTable cubic_kernel(const PairTable& inner_products, std::size_t dims);

/// The mean of five Gaussian kernels exp(-d^2 / (2 s^2)), s = 1/4, 1/2, 1, 2 and 4 times the median distance between
/// two different volumes of `reference`: sees all moments, and needs no scale to be chosen.
/// Refuses a reference of which most pairs are equal, Error(ExitCode::input).
/// Gretton et al., A kernel two-sample test. JMLR 2012; 13:723-773 (median heuristic: section 8).
PairTable rbf_mixture_kernel(const PairTable& squared_distances, const Samples& reference);

/// The unbiased estimate of the squared maximum mean discrepancy (Gretton et al. 2012, eq. 3): 0 on average, and
/// negative half of the time, for two sets from one distribution. Both sets need two samples.
double unbiased_mmd2(const PairTable& kernel, const Samples& x, const Samples& y);

/// unbiased_mmd2 on disjoint blocks of both sets, taken in order: what the estimate varies by.
struct BlockedMmd {
  double mean = 0, sd = 0;  ///< over the blocks
  std::size_t blocks = 0;
};

/// Blocks of `block` samples (at least 2) of each set; what is left over is not used. At least two blocks must fit.
BlockedMmd blocked_mmd2(const PairTable& kernel, const Samples& x, const Samples& y, std::size_t block);

}  // namespace voxprior
