#pragma once

#include <cstddef>

namespace voxprior {

/// The value that parts n values into a darker and a brighter class as far from each other as possible (largest
/// variance between classes), from a histogram of 1024 bins between the minimum and the 99.9th percentile.
/// For constant values that value. n >= 1. Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
double otsu_threshold(const float* values, std::size_t n);

}  // namespace voxprior
