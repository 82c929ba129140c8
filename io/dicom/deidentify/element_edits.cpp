#include "io/dicom/deidentify/element_edits.h"

#include <algorithm>
#include <memory>

#include "base/error.h"

namespace voxprior {
namespace {

void check(const OFCondition& condition, const DcmTagKey& tag) {
  if (condition.bad()) fail(ExitCode::bug, "de-identification cannot edit ", tag.toString(), ": ", condition.text());
}

/// Valid for its VR, the same for everybody. Numbers are 0; the year 1900 is one that no modality has seen.
const char* dummy_text(DcmEVR vr) {
  switch (vr) {
    case EVR_DA:
      return "19000101";
    case EVR_TM:
      return "000000";
    case EVR_DT:
      return "19000101000000";
    case EVR_AS:
      return "000Y";
    case EVR_DS:
    case EVR_IS:
      return "0";
    case EVR_UR:
      return "urn:anonymous";
    default:
      return "ANONYMOUS";
  }
}

bool is_text(DcmEVR vr) {
  switch (vr) {
    case EVR_AE:
    case EVR_AS:
    case EVR_CS:
    case EVR_DA:
    case EVR_DS:
    case EVR_DT:
    case EVR_IS:
    case EVR_LO:
    case EVR_LT:
    case EVR_PN:
    case EVR_SH:
    case EVR_ST:
    case EVR_TM:
    case EVR_UC:
    case EVR_UI:
    case EVR_UR:
    case EVR_UT:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<std::string> text_value(DcmElement& element) {
  OFString value;
  if (!is_text(element.getVR()) || element.getOFStringArray(value).bad()) return {};
  return std::string(value.data(), value.size());
}

DcmEVR effective_vr(const DcmElement& element) {
  const DcmEVR own = element.getVR();
  if (own != EVR_UN && own != EVR_UNKNOWN && own != EVR_UNKNOWN2B) return own;
  return DcmTag(element.getTag().getXTag()).getEVR();
}

void set_empty(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = nullptr;
  check(item.findAndGetElement(tag, element), tag);
  DcmTag fresh(tag, DcmVR(effective_vr(*element)));
  check(item.insertEmptyElement(fresh, OFTrue), tag);
}

void set_dummy(DcmItem& item, const DcmTagKey& tag) {
  DcmElement* element = nullptr;
  check(item.findAndGetElement(tag, element), tag);
  const DcmEVR vr = effective_vr(*element);
  const Uint8 zeros[2] = {0, 0};
  if (is_text(vr)) {
    check(item.putAndInsertString(DcmTag(tag, DcmVR(vr)), dummy_text(vr)), tag);
  } else if (vr == EVR_OB || vr == EVR_UN) {
    auto fresh = std::make_unique<DcmOtherByteOtherWord>(DcmTag(tag, DcmVR(vr)));
    check(fresh->putUint8Array(zeros, sizeof zeros), tag);
    check(item.insert(fresh.release(), OFTrue), tag);
  } else {
    remove_attribute(item, tag);
  }
}

void restore_text_vrs(DcmItem& item) {
  for (unsigned long i = 0; i < item.card(); ++i) {
    DcmElement* element = item.getElement(i);
    const DcmEVR vr = effective_vr(*element);
    Uint8* bytes = nullptr;
    if (element->getVR() == EVR_SQ) {
      auto* sequence = static_cast<DcmSequenceOfItems*>(element);
      for (unsigned long n = 0; n < sequence->card(); ++n) restore_text_vrs(*sequence->getItem(n));
    } else if (is_text(vr) && !is_text(element->getVR()) && element->getUint8Array(bytes).good()) {
      std::string text(reinterpret_cast<const char*>(bytes), bytes == nullptr ? 0 : element->getLength());
      text.erase(std::find(text.begin(), text.end(), '\0'), text.end());
      set_text(item, DcmTag(element->getTag().getXTag(), DcmVR(vr)), text);  // in the same place: sorted by tag
    }
  }
}

void remove_attribute(DcmItem& item, const DcmTagKey& tag) { check(item.findAndDeleteElement(tag), tag); }

}  // namespace voxprior
