#include "io/dicom/attributes.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcsequen.h>

#include <cmath>

namespace voxprior {

std::string text_of(DcmItem& item, const DcmTagKey& tag) {
  OFString found;
  if (item.findAndGetOFStringArray(tag, found).bad()) return "";
  std::string text(found.c_str(), found.size());
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

std::optional<double> number_of(DcmItem& item, const DcmTagKey& tag, unsigned long index) {
  DcmElement* element = nullptr;
  if (item.findAndGetElement(tag, element).bad() || element->getLength() == 0) return std::nullopt;
  OFString text;  // every VR of numbers can be read as text, which spares a case for each
  if (element->getOFString(text, index).bad()) return std::nullopt;
  OFBool good = OFFalse;
  const double value = OFStandard::atof(text.c_str(), &good);
  if (!good || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<std::int64_t> integer_of(DcmItem& item, const DcmTagKey& tag) {
  const std::optional<double> number = number_of(item, tag);
  if (!number || *number != std::floor(*number) || std::abs(*number) > 9e15) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

DcmItem* first_item(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* found = nullptr;
  return item.findAndGetSequenceItem(sequence, found, 0).good() ? found : nullptr;
}

}  // namespace voxprior
