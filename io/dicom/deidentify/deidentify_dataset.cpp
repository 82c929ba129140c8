#include "io/dicom/deidentify/deidentify_dataset.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/error.h"
#include "io/dicom/deidentify/attribute_action.h"
#include "io/dicom/deidentify/dataset_identity.h"
#include "io/dicom/deidentify/dates.h"
#include "io/dicom/deidentify/element_edits.h"
#include "io/dicom/deidentify/record_method.h"

namespace voxprior {
namespace {

bool begins_with(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

bool is_known_to_dictionary(const DcmTagKey& tag) {
  return std::string(DcmTag(tag).getTagName()) != DcmTag_ERROR_TagName;
}

/// UIDs that name coding schemes and their parts, not things of a patient.
bool names_a_coding_scheme(const DcmTagKey& tag) {
  return tag == DCM_CodingSchemeUID || tag == DCM_ContextGroupExtensionCreatorUID || tag == DCM_ContextUID ||
         tag == DCM_MappingResourceUID;
}

/// In the VR that it has, which the dictionary need not know.
void set_value(DcmItem& item, const DcmElement& element, const std::string& text) {
  set_text(item, DcmTag(element.getTag().getXTag(), DcmVR(element.getVR())), text);
}

bool is_free_text(DcmEVR vr) {
  return vr == EVR_LO || vr == EVR_LT || vr == EVR_SH || vr == EVR_ST || vr == EVR_UC || vr == EVR_UT || vr == EVR_AE;
}

bool is_number(DcmEVR vr) {
  return vr == EVR_AT || vr == EVR_FD || vr == EVR_FL || vr == EVR_SL || vr == EVR_SS || vr == EVR_UL || vr == EVR_US;
}

/// Whether the text can be cut into words byte by byte: not with escape sequences, nor in the multi-byte GB encodings.
bool can_be_cut(const std::string& text, const std::string& character_set) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  const bool gb = character_set.find("GB") != std::string::npos;
  return text.find('\x1b') == std::string::npos && (ascii || !gb);
}

class DatasetEditor {
 public:
  DatasetEditor(DcmDataset& dataset, const DeidentifyOptions& options, const Pseudonyms& pseudonyms)
      : options_(options), pseudonyms_(pseudonyms), identity_(identity_of(dataset)) {
    shift_days_ = options.shift_days.value_or(pseudonyms.date_shift_days(identity_.patient));
    character_set_ = raw_text(dataset, DCM_SpecificCharacterSet);
  }

  void edit(DcmItem& item, AttributePlace place) {
    std::vector<DcmTagKey> tags;
    for (unsigned long i = 0; i < item.card(); ++i) tags.push_back(item.getElement(i)->getTag());
    for (const DcmTagKey& tag : tags) edit_attribute(item, tag, place);
  }

 private:
  void edit_attribute(DcmItem& item, const DcmTagKey& tag, AttributePlace place) {
    const ProfileRow* row = find_profile_row(tag.getGroup(), tag.getElement());
    if (tag == DCM_PatientName) {
      set_text(item, tag, pseudonyms_.patient_name(identity_.patient));
    } else if (tag == DCM_PatientID) {
      set_text(item, tag, pseudonyms_.patient_id(identity_.patient));
    } else if (is_removed_group(tag.getGroup(), tag.getElement())) {
      remove_attribute(item, tag);
    } else if (row != nullptr) {
      edit_listed(item, element_of(item, tag), *row, place);
    } else {
      edit_unlisted(item, element_of(item, tag));
    }
  }

  static DcmElement& element_of(DcmItem& item, const DcmTagKey& tag) {
    DcmElement* element = nullptr;
    if (item.findAndGetElement(tag, element).bad()) fail(ExitCode::bug, "de-identification lost ", tag.toString());
    return *element;
  }

  void edit_listed(DcmItem& item, DcmElement& element, const ProfileRow& row, AttributePlace place) {
    const AttributeAction action = listed_action(row, options_, place);
    const bool done = action == AttributeAction::shift   ? shift(item, element)
                      : action == AttributeAction::clean ? clean(item, element)
                                                         : (apply(item, element, action), true);
    if (!done) apply(item, element, basic_action(row.action, place));
  }

  void apply(DcmItem& item, DcmElement& element, AttributeAction action) {
    const DcmTagKey tag = element.getTag();
    switch (action) {
      case AttributeAction::remove:
        return remove_attribute(item, tag);
      case AttributeAction::empty:
        return set_empty(item, tag);
      case AttributeAction::dummy:
        return replace_by_dummy(item, element);
      case AttributeAction::new_uid:
        return replace_uids(item, element);
      default:
        return edit_items(item, element);
    }
  }

  /// Treats the items of a sequence; anything else stays as it is.
  void edit_items(DcmItem& item, DcmElement& element) {
    if (auto* sequence = sequence_of(element)) {
      for (unsigned long n = 0; n < sequence->card(); ++n) edit(*sequence->getItem(n), AttributePlace::elsewhere);
    } else if (effective_vr(element) == EVR_SQ) {
      remove_attribute(item, element.getTag());  // a sequence that the file hides in VR UN
    }
  }

  static DcmSequenceOfItems* sequence_of(DcmElement& element) {
    return element.getVR() == EVR_SQ ? dynamic_cast<DcmSequenceOfItems*>(&element) : nullptr;
  }

  /// A sequence keeps its items, every attribute in them becomes a dummy.
  void replace_by_dummy(DcmItem& item, DcmElement& element) {
    if (auto* sequence = sequence_of(element)) {
      for (unsigned long n = 0; n < sequence->card(); ++n) scrub(*sequence->getItem(n));
    } else if (effective_vr(element) == EVR_SQ) {
      set_empty(item, element.getTag());
    } else if (effective_vr(element) == EVR_UI) {
      replace_uids(item, element);
    } else {
      set_dummy(item, element.getTag());
    }
  }

  void scrub(DcmItem& item) {
    std::vector<DcmTagKey> tags;
    for (unsigned long i = 0; i < item.card(); ++i) tags.push_back(item.getElement(i)->getTag());
    for (const DcmTagKey& tag : tags) {
      if (is_removed_group(tag.getGroup(), tag.getElement()) || !is_known_to_dictionary(tag)) {
        remove_attribute(item, tag);
      } else {
        replace_by_dummy(item, element_of(item, tag));
      }
    }
  }

  /// Each value of the standard's own root stays: SOP classes, coding schemes, well-known frames of reference.
  void replace_uids(DcmItem& item, DcmElement& element) {
    const auto values = text_value(element);
    if (!values) return remove_attribute(item, element.getTag());
    std::string replaced;
    for (std::size_t begin = 0; begin <= values->size();) {
      const std::size_t end = std::min(values->find('\\', begin), values->size());
      const std::string uid = values->substr(begin, end - begin);
      const bool stays = uid.empty() || begins_with(uid, "1.2.840.10008.");
      replaced += (begin > 0 ? "\\" : "") + (stays ? uid : pseudonyms_.uid(uid));
      begin = end + 1;
    }
    set_value(item, element, replaced);
  }

  /// False if the value is no date that could be moved. Times of day stay: the shift is by whole days.
  bool shift(DcmItem& item, DcmElement& element) {
    const auto value = text_value(element);
    const DcmEVR vr = element.getVR();
    if (!value) return false;
    if (vr == EVR_TM) return is_time(*value);
    if (element.getTag() == DCM_TimezoneOffsetFromUTC) return is_offset_from_utc(*value);
    const auto shifted = vr == EVR_DA   ? shifted_date(*value, shift_days_)
                         : vr == EVR_DT ? shifted_datetime(*value, shift_days_)
                                        : std::optional<std::string>();
    if (shifted) set_value(item, element, *shifted);
    return shifted.has_value();
  }

  /// False if nothing is left of a description, or it cannot be read.
  bool clean(DcmItem& item, DcmElement& element) {
    if (sequence_of(element) != nullptr) return edit_items(item, element), true;
    const auto value = text_value(element);
    if (!value || !can_be_cut(*value, character_set_)) return false;
    const std::string cleaned = identity_.all_words.cleaned(*value);
    if (!cleaned.empty()) set_value(item, element, cleaned);
    return !cleaned.empty();
  }

  void edit_unlisted(DcmItem& item, DcmElement& element) {
    const DcmTagKey tag = element.getTag();
    const DcmEVR vr = element.getVR();
    const bool unknown_vr = vr == EVR_UN || vr == EVR_UNKNOWN || vr == EVR_UNKNOWN2B;
    const bool opaque = unknown_vr && !is_number(effective_vr(element));
    if (!is_known_to_dictionary(tag) || opaque || vr == EVR_PN || vr == EVR_UR) {
      remove_attribute(item, tag);
    } else if (vr == EVR_DA || vr == EVR_DT || vr == EVR_TM) {
      if (options_.dates == DeidentifyOptions::Dates::remove || !shift(item, element)) remove_attribute(item, tag);
    } else if (vr == EVR_UI) {
      if (!options_.retain_uids && !names_a_coding_scheme(tag)) replace_uids(item, element);
    } else if (is_free_text(vr)) {
      take_patient_out(item, element);
    } else {
      edit_items(item, element);
    }
  }

  /// The patient's name and ids in text that the table lets stay.
  void take_patient_out(DcmItem& item, DcmElement& element) {
    const auto value = text_value(element);
    if (!value) return remove_attribute(item, element.getTag());
    const std::string without = identity_.patient_words.without_words(*value);
    if (without == *value) return;
    if (without.empty() || !can_be_cut(*value, character_set_)) return set_dummy(item, element.getTag());
    set_value(item, element, without);
  }

  const DeidentifyOptions& options_;
  const Pseudonyms& pseudonyms_;
  DatasetIdentity identity_;
  int shift_days_ = 0;
  std::string character_set_;
};

}  // namespace

void deidentify_dataset(DcmDataset& dataset, const DeidentifyOptions& options, const Pseudonyms& pseudonyms) {
  restore_text_vrs(dataset);
  const AttributePlace top_level = place_in_sop_class(raw_text(dataset, DCM_SOPClassUID));
  DatasetEditor(dataset, options, pseudonyms).edit(dataset, top_level);
  record_method(dataset, options);
}

}  // namespace voxprior
