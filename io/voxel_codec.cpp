#include "io/voxel_codec.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/error.h"

namespace voxprior {
namespace {

/// Calls visit(T{}) with the C++ type that `type` names.
template <typename Visitor>
auto with_type(VoxelType type, Visitor visit) {
  switch (type) {
    case VoxelType::int8:
      return visit(std::int8_t{});
    case VoxelType::uint8:
      return visit(std::uint8_t{});
    case VoxelType::int16:
      return visit(std::int16_t{});
    case VoxelType::uint16:
      return visit(std::uint16_t{});
    case VoxelType::int32:
      return visit(std::int32_t{});
    case VoxelType::uint32:
      return visit(std::uint32_t{});
    case VoxelType::float32:
      return visit(float{});
    case VoxelType::float64:
      return visit(double{});
  }
  fail(ExitCode::bug, "unknown voxel type ", static_cast<int>(type));
}

void reverse_each(unsigned char* bytes, std::size_t count, std::size_t width) {
  for (std::size_t n = 0; n < count; ++n) std::reverse(bytes + n * width, bytes + (n + 1) * width);
}

template <typename T>
DecodeCounts decode(const VoxelCoding& coding, const unsigned char* bytes, std::size_t count, float* values) {
  const bool scaled = coding.slope != 1 || coding.intercept != 0;
  DecodeCounts counts;
  for (std::size_t n = 0; n < count; ++n) {
    T stored;
    std::memcpy(&stored, bytes + n * sizeof(T), sizeof(T));
    values[n] = scaled ? static_cast<float>(stored * coding.slope + coding.intercept) : static_cast<float>(stored);
    if constexpr (sizeof(T) >= 4) {
      const bool finite = std::isfinite(values[n]);
      counts.nonfinite += !finite;
      counts.inexact += finite && static_cast<double>(static_cast<float>(stored)) != static_cast<double>(stored);
    }
  }
  if constexpr (sizeof(T) < 4) {
    if (scaled) counts.nonfinite = std::count_if(values, values + count, [](float v) { return !std::isfinite(v); });
  }
  return counts;
}

template <typename T>
EncodeCounts encode_integers(const VoxelCoding& coding, const float* values, std::size_t count, unsigned char* bytes) {
  constexpr double lowest = std::numeric_limits<T>::lowest(), highest = std::numeric_limits<T>::max();
  EncodeCounts counts;
  for (std::size_t n = 0; n < count; ++n) {
    double stored = std::nearbyint((static_cast<double>(values[n]) - coding.intercept) / coding.slope);
    if (!std::isfinite(stored)) {
      ++counts.nonfinite;
      stored = 0;
    }
    counts.clipped += stored < lowest || stored > highest;
    const T clipped = static_cast<T>(std::clamp(stored, lowest, highest));
    std::memcpy(bytes + n * sizeof(T), &clipped, sizeof(T));
  }
  return counts;
}

template <typename T>
EncodeCounts encode_reals(const VoxelCoding& coding, const float* values, std::size_t count, unsigned char* bytes) {
  const bool scaled = coding.slope != 1 || coding.intercept != 0;
  EncodeCounts counts;
  for (std::size_t n = 0; n < count; ++n) {
    const T stored = scaled ? static_cast<T>((static_cast<double>(values[n]) - coding.intercept) / coding.slope)
                            : static_cast<T>(values[n]);
    counts.nonfinite += !std::isfinite(stored);
    std::memcpy(bytes + n * sizeof(T), &stored, sizeof(T));
  }
  return counts;
}

}  // namespace

std::size_t bytes_per_voxel(VoxelType type) {
  return with_type(type, [](auto zero) { return sizeof zero; });
}

const char* name_of(VoxelType type) {
  switch (type) {
    case VoxelType::int8:
      return "int8";
    case VoxelType::uint8:
      return "uint8";
    case VoxelType::int16:
      return "int16";
    case VoxelType::uint16:
      return "uint16";
    case VoxelType::int32:
      return "int32";
    case VoxelType::uint32:
      return "uint32";
    case VoxelType::float32:
      return "float32";
    case VoxelType::float64:
      return "float64";
  }
  fail(ExitCode::bug, "unknown voxel type ", static_cast<int>(type));
}

DecodeCounts decode_voxels(const VoxelCoding& coding, unsigned char* bytes, std::size_t count, float* values) {
  if (coding.order != kHostOrder) reverse_each(bytes, count, bytes_per_voxel(coding.type));
  return with_type(coding.type, [&](auto zero) { return decode<decltype(zero)>(coding, bytes, count, values); });
}

EncodeCounts encode_voxels(const VoxelCoding& coding, const float* values, std::size_t count, unsigned char* bytes) {
  const EncodeCounts counts = with_type(coding.type, [&](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_floating_point_v<T>) {
      return encode_reals<T>(coding, values, count, bytes);
    } else {
      return encode_integers<T>(coding, values, count, bytes);
    }
  });
  if (coding.order != kHostOrder) reverse_each(bytes, count, bytes_per_voxel(coding.type));
  return counts;
}

}  // namespace voxprior
