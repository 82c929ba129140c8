#include "io/dicom/uid.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/sha256.h"

namespace voxprior {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

Bytes uuid_of(std::string_view name) {
  const std::string hex = sha256_hex(name.data(), name.size());
  Bytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = static_cast<std::uint8_t>(std::stoul(hex.substr(2 * i, 2), nullptr, 16));
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x80);  // version 8: made by the owner's own rule
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant of RFC 9562
  return bytes;
}

// A big-endian integer of 128 bits in decimal, by repeated division by ten.
std::string decimal(Bytes value) {
  std::string digits;
  while (std::any_of(value.begin(), value.end(), [](std::uint8_t byte) { return byte != 0; })) {
    unsigned remainder = 0;
    for (std::uint8_t& byte : value) {
      const unsigned part = remainder << 8 | byte;
      byte = static_cast<std::uint8_t>(part / 10);
      remainder = part % 10;
    }
    digits.push_back(static_cast<char>('0' + remainder));
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

std::string uid_from_name(std::string_view name) { return "2.25." + decimal(uuid_of(name)); }

}  // namespace voxprior
