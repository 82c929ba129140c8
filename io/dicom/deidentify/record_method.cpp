#include "io/dicom/deidentify/record_method.h"

#include <string>
#include <vector>

#include "base/version.h"
#include "io/dicom/deidentify/element_edits.h"

namespace voxprior {
namespace {

/// CID 7050 (PS3.16), coding scheme DCM.
std::vector<Code> codes_of(const DeidentifyOptions& options) {
  std::vector<Code> codes{{"113100", "DCM", "Basic Application Confidentiality Profile"}};
  if (options.clean_descriptors) codes.push_back({"113105", "DCM", "Clean Descriptors Option"});
  if (options.dates == DeidentifyOptions::Dates::shift)
    codes.push_back({"113107", "DCM", "Retain Longitudinal Temporal Information Modified Dates Option"});
  if (options.retain_uids) codes.push_back({"113110", "DCM", "Retain UIDs Option"});
  return codes;
}

bool has_code(DcmItem& dataset, const Code& code) {
  DcmItem* item = nullptr;
  OFString value;
  for (long n = 0; dataset.findAndGetSequenceItem(DCM_DeidentificationMethodCodeSequence, item, n).good(); ++n) {
    if (item->findAndGetOFString(DCM_CodeValue, value).good() && value == code.value.c_str()) return true;
  }
  return false;
}

}  // namespace

void record_method(DcmItem& dataset, const DeidentifyOptions& options) {
  const std::string method = std::string("voxprior ") + version() + ", PS3.15 2024b Annex E";  // LO: 64 characters
  const std::string earlier = raw_text(dataset, DCM_DeidentificationMethod);
  const bool known = earlier.find(method) != std::string::npos;
  if (!known) set_text(dataset, DCM_DeidentificationMethod, earlier.empty() ? method : earlier + '\\' + method);
  set_text(dataset, DCM_PatientIdentityRemoved, "YES");
  for (const Code& code : codes_of(options)) {
    if (!has_code(dataset, code)) append_code(dataset, DCM_DeidentificationMethodCodeSequence, code);
  }
  const bool shifted = options.dates == DeidentifyOptions::Dates::shift;
  set_text(dataset, DCM_LongitudinalTemporalInformationModified, shifted ? "MODIFIED" : "REMOVED");
}

}  // namespace voxprior
