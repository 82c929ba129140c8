#pragma once

#include <complex>
#include <cstdint>
#include <vector>

namespace voxprior {

/// Values whose first axis runs fastest (Fortran, BART), put in order so that the last axis does. `shape` is read in
/// the order in which it is written: shape[0] is the axis that ran fastest and becomes the slowest.
inline std::vector<std::complex<float>> first_axis_last(const std::vector<std::complex<float>>& values,
                                                        const std::vector<std::int64_t>& shape) {
  std::vector<std::complex<float>> ordered(values.size());
  std::vector<std::int64_t> index(shape.size(), 0);
  std::vector<std::int64_t> stride(shape.size(), 1);  // of `ordered`
  for (std::size_t axis = shape.size(); axis-- > 1;) stride[axis - 1] = stride[axis] * shape[axis];
  std::int64_t target = 0;
  for (const std::complex<float>& value : values) {
    ordered[static_cast<std::size_t>(target)] = value;
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      target += stride[axis];
      if (++index[axis] < shape[axis]) break;
      target -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return ordered;
}

}  // namespace voxprior
