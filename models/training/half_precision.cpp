#include "models/training/half_precision.h"

#include <algorithm>
#include <cmath>

namespace voxprior {
namespace {

constexpr int kFractionBits = 10, kLeastExponent = -14, kBias = 15;
constexpr std::uint16_t kInfinity = 0x7c00;

}  // namespace

std::uint16_t half_bits(float value) {
  const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const double magnitude = std::abs(static_cast<double>(value));
  if (magnitude == 0) return sign;
  // In units of the last place, which below the least normal exponent no longer shrinks. nearbyint rounds ties to even.
  const int exponent = std::max(std::ilogb(magnitude), kLeastExponent);
  const auto units = static_cast<std::uint32_t>(std::nearbyint(std::ldexp(magnitude, kFractionBits - exponent)));
  // A fraction that was rounded up to the next power of two carries into the exponent by itself.
  const std::uint32_t bits = (static_cast<std::uint32_t>(exponent + kBias - 1) << kFractionBits) + units;
  return sign | static_cast<std::uint16_t>(bits < kInfinity ? bits : kInfinity);
}

}  // namespace voxprior
