#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "io/dicom/scan_source.h"

namespace voxprior {

inline constexpr std::uint32_t kUndefinedLength = 0xffffffff;

struct DicomTag {
  std::uint16_t group = 0, element = 0;

  bool is(std::uint16_t g, std::uint16_t e) const { return group == g && element == e; }
  bool is_private() const { return group % 2 == 1; }
  std::string text() const;  ///< "(0028,0010)"
};

/// How elements are written (PS3.5 section 7.1).
struct ElementEncoding {
  bool explicit_vr = true;
  bool big_endian = false;
};

/// What precedes the value of an element. The VR of implicit elements is the dictionary's, "UN" when it has none.
struct ElementHeader {
  DicomTag tag;
  std::string vr;
  std::uint32_t length = 0;
};

/// The creators of the private blocks of one data set or item: (group, block) -> name.
using PrivateCreators = std::map<std::pair<std::uint16_t, std::uint16_t>, std::string>;

/// Reads the header of an element. Items and delimiters, which have no VR, get "". Refuses, naming `path`, value
/// representations that are neither DICOM's nor, being two capitals, could become DICOM's.
ElementHeader read_element_header(const std::filesystem::path& path, ScanSource& source, ElementEncoding encoding,
                                  const PrivateCreators& creators);

/// Two bytes as an unsigned number.
std::uint16_t two_bytes(const unsigned char* bytes, bool big_endian);

}  // namespace voxprior
