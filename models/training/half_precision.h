#pragma once

#include <cstdint>

namespace voxprior {

/// The IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits) nearest to a finite value, ties to even. Values beyond
/// the largest, 65504, become infinite, those below the smallest subnormal, 2^-24, zero.
std::uint16_t half_bits(float value);

}  // namespace voxprior
