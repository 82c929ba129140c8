#pragma once

#include <cstddef>

namespace voxprior {

/// The value below which a fraction `percent` / 100 of the n values lies, between neighbours by linear interpolation
/// (as numpy.percentile). n >= 1, no NaN, percent in [0, 100]. O(n), works on a copy.
double percentile(const float* values, std::size_t n, double percent);

}  // namespace voxprior
