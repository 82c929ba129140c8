#include "io/dicom/file_meta.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "io/dicom/element_header.h"
#include "io/dicom/transfer_syntax.h"

namespace voxprior {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPreambleBytes = 128, kMagicBytes = 4, kFirstElementBytes = 8;
constexpr std::uint32_t kMostUidBytes = 64;
constexpr std::uint16_t kMetaGroup = 0x0002, kIdentifyingGroup = 0x0008;
constexpr ElementEncoding kMetaEncoding{true, false};  // PS3.10 section 7.1

bool has_magic(const unsigned char* bytes, std::size_t count) {
  return count >= kPreambleBytes + kMagicBytes && std::memcmp(bytes + kPreambleBytes, "DICM", kMagicBytes) == 0;
}

bool is_explicit(const unsigned char* element) {
  static constexpr const char* kPossibleVrs[] = {"UL", "CS", "OB", "UI", "DA", "SH",
                                                 "LO", "PN", "TM", "ST", "IS", "US"};
  return std::any_of(std::begin(kPossibleVrs), std::end(kPossibleVrs),
                     [&](const char* vr) { return std::memcmp(element + 4, vr, 2) == 0; });
}

/// The transfer syntax that the first element of a bare data set is written in; empty when it is none. Data sets begin
/// with group 0008, whose lowest elements are short.
std::string syntax_of_bare_data_set(const unsigned char* element) {
  const bool big_endian = element[0] == 0;
  if (two_bytes(element, big_endian) != kIdentifyingGroup || two_bytes(element + 2, big_endian) > 0x0100) return {};
  if (is_explicit(element)) return big_endian ? kExplicitBigEndian : kExplicitLittleEndian;
  const bool short_value = element[5] == 0 && element[6] == 0 && element[7] == 0;
  return !big_endian && short_value ? kImplicitLittleEndian : "";
}

bool is_meta_element(const unsigned char* element) {
  return two_bytes(element, false) == kMetaGroup && two_bytes(element + 2, false) <= 0x0102 && is_explicit(element);
}

/// Walks the meta group from where the source is, until an element of another group.
FileMeta walk_meta_group(const fs::path& path, ScanSource& source) {
  FileMeta meta;
  meta.present = true;
  unsigned char first[2];
  while (source.peek(first, 2) == 2 && two_bytes(first, false) == kMetaGroup) {
    const ElementHeader header = read_element_header(path, source, kMetaEncoding, {});
    if (header.length > source.end() - source.position())
      fail(ExitCode::input, path, ": the file meta information is cut short; copy the file again");
    if (header.tag.element == 0x0010 && header.length <= kMostUidBytes) {
      meta.transfer_syntax_uid.resize(header.length);
      source.read(meta.transfer_syntax_uid.data(), header.length);
    } else if (header.tag.element == 0x0000 && header.length == 4) {
      unsigned char length[4];
      source.read(length, 4);
      meta.declared_end =
          source.position() + two_bytes(length, false) + (std::uint64_t{two_bytes(length + 2, false)} << 16);
    } else {
      source.skip(header.length);
    }
  }
  while (!meta.transfer_syntax_uid.empty() &&
         (meta.transfer_syntax_uid.back() == '\0' || meta.transfer_syntax_uid.back() == ' '))
    meta.transfer_syntax_uid.pop_back();
  if (meta.transfer_syntax_uid.empty())
    fail(ExitCode::input, path, ": its file meta information names no TransferSyntaxUID; export the file again");
  if (meta.transfer_syntax_uid.find_first_not_of("0123456789.") != std::string::npos)
    fail(ExitCode::input, path, ": its TransferSyntaxUID is no UID; the file is damaged");
  return meta;
}

}  // namespace

bool begins_like_dicom(const unsigned char* bytes, std::size_t count) {
  if (has_magic(bytes, count)) return true;
  return count >= kFirstElementBytes && (is_meta_element(bytes) || !syntax_of_bare_data_set(bytes).empty());
}

FileMeta read_file_meta(const fs::path& path, ScanSource& source) {
  unsigned char bytes[kPreambleBytes + kMagicBytes];
  static_assert(sizeof bytes <= ScanSource::kMostPeeked);
  const std::size_t count = source.peek(bytes, sizeof bytes);
  if (!begins_like_dicom(bytes, count))
    fail(ExitCode::input, path, ": is no DICOM file: neither \"DICM\" at byte 128 nor the beginning of a data set");
  if (has_magic(bytes, count)) {
    source.skip(count);
    return walk_meta_group(path, source);
  }
  if (is_meta_element(bytes)) return walk_meta_group(path, source);
  return {false, syntax_of_bare_data_set(bytes)};
}

}  // namespace voxprior
