#include "io/dicom/element_header.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctag.h>

#include <cstdio>

#include "base/error.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kDelimiterGroup = 0xfffe;

void read_exactly(const fs::path& path, ScanSource& source, unsigned char* bytes, std::size_t count) {
  if (!source.read(bytes, count))
    fail(ExitCode::input, path, ": ends within the header of an element; the file is cut short, copy it again");
}

std::uint32_t four_bytes(const unsigned char* bytes, bool big_endian) {
  const std::uint32_t first = two_bytes(bytes, big_endian), second = two_bytes(bytes + 2, big_endian);
  return big_endian ? first << 16 | second : second << 16 | first;
}

bool is_capital(unsigned char c) { return c >= 'A' && c <= 'Z'; }

/// DCMTK's own choice of the VR, so that it sees the same structure as we do.
std::string dictionary_vr(DicomTag tag, const PrivateCreators& creators) {
  DcmTag known(tag.group, tag.element);
  if (tag.is_private() && tag.element >= 0x1000) {
    const auto creator = creators.find({tag.group, static_cast<std::uint16_t>(tag.element >> 8)});
    if (creator != creators.end()) {
      known.setPrivateCreator(creator->second.c_str());
      known.lookupVRinDictionary();
    }
  }
  const std::string name = known.getVRName();
  return DcmVR(known.getEVR()).isStandard() ? name : name == "ox" || name == "px" ? "OW" : "UN";
}

/// Whether the length takes four bytes after two reserved ones. An unknown pair of capitals does (PS3.5 section 6.2).
bool check_vr(const fs::path& path, DicomTag tag, const std::string& vr) {
  const bool capitals = is_capital(static_cast<unsigned char>(vr[0])) && is_capital(static_cast<unsigned char>(vr[1]));
  if (!capitals)
    fail(ExitCode::input, path, ": element ", tag.text(),
         " has a value representation that DICOM does not know; the file is damaged or not what its header says");
  return DcmVR(vr.c_str()).usesExtendedLengthEncoding();
}

}  // namespace

std::string DicomTag::text() const {
  char text[16];
  std::snprintf(text, sizeof text, "(%04x,%04x)", group, element);
  return text;
}

std::uint16_t two_bytes(const unsigned char* bytes, bool big_endian) {
  const unsigned first = bytes[0], second = bytes[1];
  return static_cast<std::uint16_t>(big_endian ? first << 8 | second : second << 8 | first);
}

ElementHeader read_element_header(const fs::path& path, ScanSource& source, ElementEncoding encoding,
                                  const PrivateCreators& creators) {
  unsigned char bytes[8];
  read_exactly(path, source, bytes, 8);
  ElementHeader header;
  header.tag = {two_bytes(bytes, encoding.big_endian), two_bytes(bytes + 2, encoding.big_endian)};
  if (header.tag.group == kDelimiterGroup || !encoding.explicit_vr) {
    header.length = four_bytes(bytes + 4, encoding.big_endian);
    if (header.tag.group != kDelimiterGroup) header.vr = dictionary_vr(header.tag, creators);
    return header;
  }
  header.vr = {static_cast<char>(bytes[4]), static_cast<char>(bytes[5])};
  if (!check_vr(path, header.tag, header.vr)) {
    header.length = two_bytes(bytes + 6, encoding.big_endian);
  } else {
    read_exactly(path, source, bytes, 4);
    header.length = four_bytes(bytes, encoding.big_endian);
  }
  return header;
}

}  // namespace voxprior
