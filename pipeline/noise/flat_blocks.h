#pragma once

#include <array>
#include <cstdint>

#include "pipeline/noise/kspace_filter.h"

namespace voxprior {

/// How quiet a volume is where it is flattest: of the blocks of 5 x 5 x 5 voxels that are all above `threshold`, the
/// 10th percentile of the standard deviation about their best plane. Anatomy can only add to noise, so this is not
/// below what noise alone would show, flattest_deviation_of_noise() times its sigma, wherever noise is even. 0 where
/// there are fewer than 100 such blocks. i runs fastest; no NaN.
double flattest_deviation(const float* voxels, const std::array<std::int64_t, 3>& size_ijk, double threshold);

/// The same of noise alone that has standard deviation 1 and the power spectrum of the filter's square: below 1, the
/// more so the further its correlation reaches. From a simulation with a fixed seed, to 1 %.
double flattest_deviation_of_noise(const KspaceFilter& filter);

}  // namespace voxprior
