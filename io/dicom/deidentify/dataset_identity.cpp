#include "io/dicom/deidentify/dataset_identity.h"

#include "io/dicom/deidentify/element_edits.h"
#include "io/dicom/deidentify/profile.h"

namespace voxprior {
namespace {

std::string without_blanks(const std::string& text) {
  const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
  return first == std::string::npos ? std::string() : text.substr(first, last - first + 1);
}

bool is_patient_name(const DcmTagKey& tag) {
  return tag == DCM_PatientName || tag == DCM_OtherPatientNames || tag == DCM_PatientBirthName;
}

bool is_patient_id(const DcmTagKey& tag) {
  return tag == DCM_PatientID || tag == DCM_RETIRED_OtherPatientIDs || tag == DCM_AccessionNumber ||
         tag == DCM_RETIRED_MedicalRecordLocator;
}

void add_words(const DcmTagKey& tag, DcmEVR vr, const std::string& value, DatasetIdentity& identity) {
  const ProfileRow* row = find_profile_row(tag.getGroup(), tag.getElement());
  if (vr == EVR_PN) {
    identity.all_words.add_name(value);
    if (is_patient_name(tag)) identity.patient_words.add_name(value);
  } else if (row != nullptr && row->option == KeptBy::none && (vr == EVR_LO || vr == EVR_SH || vr == EVR_ST)) {
    identity.all_words.add_text(value);
    if (is_patient_id(tag)) identity.patient_words.add_text(value);
  }
}

void collect(DcmItem& item, DatasetIdentity& identity) {
  for (unsigned long i = 0; i < item.card(); ++i) {
    DcmElement* element = item.getElement(i);
    if (element->getVR() == EVR_SQ) {
      auto* sequence = static_cast<DcmSequenceOfItems*>(element);
      for (unsigned long n = 0; n < sequence->card(); ++n) collect(*sequence->getItem(n), identity);
    } else if (const auto value = text_value(*element)) {
      add_words(element->getTag(), effective_vr(*element), *value, identity);
    }
  }
}

}  // namespace

DatasetIdentity identity_of(DcmItem& dataset) {
  DatasetIdentity identity;
  for (const DcmTagKey& tag : {DCM_PatientID, DCM_PatientName, DCM_StudyInstanceUID}) {
    if (identity.patient.empty()) identity.patient = without_blanks(raw_text(dataset, tag));
  }
  collect(dataset, identity);
  return identity;
}

}  // namespace voxprior
