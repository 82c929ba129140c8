#include "io/dicom/write/edit_attributes.h"

#include <cstdio>
#include <cstdlib>

#include "base/error.h"

namespace voxprior {
namespace {

/// DCMTK refuses to set an attribute only for want of memory or a VR that does not fit: a mistake of ours.
void check(const OFCondition& condition, const DcmTagKey& tag) {
  if (condition.bad()) {
    fail(ExitCode::bug, "DICOM attribute ", tag.toString().c_str(), " could not be set: ", condition.text());
  }
}

/// "+0130" -> 5400 s. False for anything that is no offset.
bool parse_offset(const std::string& text, long& seconds) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return false;
  if (text.find_first_not_of("0123456789", 1) != std::string::npos) return false;
  const long minutes = 60 * std::stol(text.substr(1, 2)) + std::stol(text.substr(3, 2));
  seconds = (text[0] == '-' ? -60 : 60) * minutes;
  return true;
}

std::string formatted(const std::tm& parts, const char* format) {
  char text[32];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

std::string offset_text(long seconds) {
  char text[16];
  const long minutes = std::labs(seconds) / 60;
  std::snprintf(text, sizeof text, "%c%02ld%02ld", seconds < 0 ? '-' : '+', minutes / 60 % 24, minutes % 60);
  return text;
}

}  // namespace

std::string raw_text(DcmItem& item, const DcmTagKey& tag) {
  OFString text;
  return item.findAndGetOFStringArray(tag, text).good() ? std::string(text.c_str()) : std::string();
}

std::string raw_text(DcmItem& item, const DcmTagKey& tag, unsigned long value_index) {
  OFString text;
  return item.findAndGetOFString(tag, text, value_index).good() ? std::string(text.c_str()) : std::string();
}

void set_text(DcmItem& item, const DcmTag& tag, const std::string& text) {
  if (text.empty()) {
    check(item.insertEmptyElement(tag), tag);
  } else {
    check(item.putAndInsertString(tag, text.c_str()), tag);
  }
}

void set_uint16(DcmItem& item, const DcmTag& tag, std::uint16_t value) {
  check(item.putAndInsertUint16(tag, value), tag);
}

void set_uint32s(DcmItem& item, const DcmTag& tag, const std::vector<Uint32>& values) {
  check(item.putAndInsertUint32Array(tag, values.data(), static_cast<unsigned long>(values.size())), tag);
}

void set_if_missing(DcmItem& item, const DcmTag& tag, const std::string& text) {
  if (!item.tagExists(tag)) set_text(item, tag, text);
}

void remove(DcmItem& item, const DcmTagKey& tag) { item.findAndDeleteElement(tag); }

DcmItem& append_item(DcmItem& parent, const DcmTagKey& sequence) {
  DcmItem* item = nullptr;
  check(parent.findOrCreateSequenceItem(sequence, item, -2), sequence);
  return *item;
}

DcmSequenceOfItems* find_sequence(DcmItem& item, const DcmTagKey& tag) {
  DcmSequenceOfItems* sequence = nullptr;
  return item.findAndGetSequence(tag, sequence).good() ? sequence : nullptr;
}

void append_code(DcmItem& parent, const DcmTagKey& sequence, const Code& code) {
  DcmItem& item = append_item(parent, sequence);
  set_text(item, DCM_CodeValue, code.value);
  set_text(item, DCM_CodingSchemeDesignator, code.scheme);
  set_text(item, DCM_CodeMeaning, code.meaning);
}

DicomTime dicom_time(std::time_t when, DcmItem& like) {
  std::tm parts{};
  long offset_s = 0;
  if (parse_offset(raw_text(like, DCM_TimezoneOffsetFromUTC), offset_s)) {
    const std::time_t there = when + offset_s;
    gmtime_r(&there, &parts);
  } else {
    localtime_r(&when, &parts);
    offset_s = parts.tm_gmtoff;
  }
  const std::string date = formatted(parts, "%Y%m%d"), time = formatted(parts, "%H%M%S");
  return {date, time, date + time + offset_text(offset_s)};
}

}  // namespace voxprior
