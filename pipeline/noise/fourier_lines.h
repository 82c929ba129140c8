#pragma once

#include <array>
#include <complex>
#include <cstdint>
#include <vector>

namespace voxprior {

/// A complex volume, i fastest.
struct ComplexGrid {
  std::array<std::int64_t, 3> size{0, 0, 0};
  std::vector<std::complex<float>> values;
};

enum class FourierDirection { forward, backward };

/// The unitary discrete Fourier transform of all three axes in place, frequency 0 first: backward undoes forward, and
/// white noise stays white noise of the same standard deviation. Every axis must be a product of 2, 3 and 5
/// (fast_length()). The result does not depend on the number of threads; 0 means every core.
///
/// Stockham's self-sorting algorithm (Cochran et al., What is the fast Fourier transform? Proc IEEE 1967; 55:1664),
/// several lines at a time.
void fourier_transform(ComplexGrid& grid, FourierDirection direction, int threads = 0);

/// The least product of 2, 3 and 5 that is not below `length`.
std::int64_t fast_length(std::int64_t length);

/// The frequency of position n of an axis of `length` points, in cycles per point: -1/2 <= f < 1/2.
double frequency_at(std::int64_t n, std::int64_t length);

}  // namespace voxprior
