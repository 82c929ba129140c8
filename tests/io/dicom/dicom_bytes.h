#pragma once

#include <cstdint>
#include <string>

namespace voxprior::test {

/// Little-endian bytes of an unsigned number.
inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return text;
}

inline std::string tag_bytes(std::uint32_t tag) { return little_endian(tag >> 16, 2) + little_endian(tag & 0xffff, 2); }

/// An element of explicit VR little endian; `length` is written whatever `value` holds. Items and delimiters: no VR.
inline std::string element(std::uint32_t tag, const std::string& vr, const std::string& value, std::uint64_t length) {
  if (vr.empty()) return tag_bytes(tag) + little_endian(length, 4) + value;
  const bool long_form = vr == "OB" || vr == "OW" || vr == "SQ" || vr == "UN" || vr == "UT" || vr == "ZZ";
  return tag_bytes(tag) + vr + (long_form ? little_endian(0, 2) + little_endian(length, 4) : little_endian(length, 2)) +
         value;
}

inline std::string element(std::uint32_t tag, const std::string& vr, const std::string& value) {
  return element(tag, vr, value, value.size());
}

/// An element of implicit VR little endian.
inline std::string implicit_element(std::uint32_t tag, const std::string& value, std::uint64_t length) {
  return tag_bytes(tag) + little_endian(length, 4) + value;
}

inline std::string number(std::uint64_t value) { return little_endian(value, 2); }

/// Preamble, "DICM" and a file meta group that names the transfer syntax.
inline std::string file_meta(std::string transfer_syntax_uid) {
  if (transfer_syntax_uid.size() % 2 == 1) transfer_syntax_uid.push_back('\0');
  return std::string(128, '\0') + "DICM" + element(0x00020010, "UI", transfer_syntax_uid);
}

/// What the data set of a greyscale image says before its pixel data.
struct ImageBytes {
  std::uint64_t rows = 2, columns = 3, bits_allocated = 16, samples = 1;
  std::string frames = "1 ", interpretation = "MONOCHROME2 ";

  std::string bytes() const {
    return element(0x00280002, "US", number(samples)) + element(0x00280004, "CS", interpretation) +
           element(0x00280008, "IS", frames) + element(0x00280010, "US", number(rows)) +
           element(0x00280011, "US", number(columns)) + element(0x00280100, "US", number(bits_allocated)) +
           element(0x00280101, "US", number(bits_allocated)) + element(0x00280102, "US", number(bits_allocated - 1)) +
           element(0x00280103, "US", number(0));
  }
};

inline const char* const kExplicitUid = "1.2.840.10008.1.2.1";
inline const char* const kImplicitUid = "1.2.840.10008.1.2";
inline const char* const kDeflatedUid = "1.2.840.10008.1.2.1.99";
inline const char* const kRleUid = "1.2.840.10008.1.2.5";

}  // namespace voxprior::test
