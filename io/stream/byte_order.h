#pragma once

#include <algorithm>
#include <cstring>

namespace voxprior {

enum class ByteOrder { little, big };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
constexpr ByteOrder kHostOrder = ByteOrder::little;
#else
constexpr ByteOrder kHostOrder = ByteOrder::big;
#endif

/// Reads one number of type T that lies at `bytes` (any alignment) in the given order.
template <typename T>
T load(const unsigned char* bytes, ByteOrder order) {
  unsigned char ordered[sizeof(T)];
  std::memcpy(ordered, bytes, sizeof(T));
  if (order != kHostOrder) std::reverse(ordered, ordered + sizeof(T));
  T value;
  std::memcpy(&value, ordered, sizeof(T));
  return value;
}

template <typename T>
void store(unsigned char* bytes, T value, ByteOrder order) {
  std::memcpy(bytes, &value, sizeof(T));
  if (order != kHostOrder) std::reverse(bytes, bytes + sizeof(T));
}

}  // namespace voxprior
