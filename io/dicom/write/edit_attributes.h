#pragma once

// Includes DCMTK: for .cpp files of io/dicom alone.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

namespace voxprior {

/// The text of an attribute, all its values with backslashes; empty where it is missing or empty.
std::string raw_text(DcmItem& item, const DcmTagKey& tag);
std::string raw_text(DcmItem& item, const DcmTagKey& tag, unsigned long value_index);

/// Sets an attribute, replacing what was there. An empty text makes an empty attribute.
void set_text(DcmItem& item, const DcmTag& tag, const std::string& text);
void set_uint16(DcmItem& item, const DcmTag& tag, std::uint16_t value);
void set_uint32s(DcmItem& item, const DcmTag& tag, const std::vector<Uint32>& values);

/// Sets an attribute only where it is missing.
void set_if_missing(DcmItem& item, const DcmTag& tag, const std::string& text);

/// Removes an attribute of this item, if it is there.
void remove(DcmItem& item, const DcmTagKey& tag);

/// A new item at the end of a sequence, which is made if it is missing. Owned by the sequence.
DcmItem& append_item(DcmItem& parent, const DcmTagKey& sequence);

/// The sequence of an item, or null.
DcmSequenceOfItems* find_sequence(DcmItem& item, const DcmTagKey& tag);

/// A coded concept (PS3.3 table 8.8-1).
struct Code {
  std::string value, scheme, meaning;
};
void append_code(DcmItem& parent, const DcmTagKey& sequence, const Code& code);

/// A date and a time in DICOM's form, in the time zone of `like` if it names one (TimezoneOffsetFromUTC), else local.
struct DicomTime {
  std::string date;      ///< DA, YYYYMMDD
  std::string time;      ///< TM, HHMMSS
  std::string datetime;  ///< DT with the offset from UTC
};
DicomTime dicom_time(std::time_t when, DcmItem& like);

}  // namespace voxprior
