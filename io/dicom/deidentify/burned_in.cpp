#include "io/dicom/deidentify/burned_in.h"

#include <algorithm>
#include <initializer_list>

#include "io/dicom/attributes.h"
#include "io/dicom/write/edit_attributes.h"

namespace voxprior {
namespace {

bool is_one_of(const std::string& text, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Modalities whose devices draw names and dates into their images, and those that say nothing of the device.
bool is_risky_modality(const std::string& modality) {
  return modality.empty() || is_one_of(modality, {"US",  "IVUS", "OT",  "XA",  "RF", "ES",  "XC", "GM", "SM", "OP",
                                                  "OPT", "BDUS", "ECG", "EPS", "HD", "DOC", "SC", "VF", "CF", "DF",
                                                  "DS",  "TG",   "RG",  "CR",  "DX", "MG",  "IO", "PX"});
}

bool is_secondary_capture(const std::string& sop_class) {
  return sop_class.rfind("1.2.840.10008.5.1.4.1.1.7", 0) == 0;  // Secondary Capture and its multi-frame kinds
}

/// A bit position other than 0 says that the overlay lies in the unused bits of PixelData (PS3.3 C.9.2).
bool has_overlay_in_pixels(DcmItem& dataset) {
  for (Uint16 group = 0x6000; group < 0x6020; group = static_cast<Uint16>(group + 2)) {
    if (integer_of(dataset, DcmTagKey(group, 0x0102)).value_or(0) != 0) return true;
  }
  return false;
}

}  // namespace

std::string burned_in_risk(DcmItem& dataset) {
  if (has_overlay_in_pixels(dataset)) return "an overlay is stored inside the pixel values";
  const std::string burned_in = text_of(dataset, DCM_BurnedInAnnotation);
  if (burned_in == "YES") return "BurnedInAnnotation is YES";
  if (burned_in == "NO") return {};
  if (is_secondary_capture(text_of(dataset, DCM_SOPClassUID)))
    return "a secondary capture that does not say it has no burned-in annotation";
  if (text_of(dataset, DCM_ImageType).find("SCREEN") != std::string::npos) return "ImageType says it is a screen save";
  if (is_risky_modality(text_of(dataset, DCM_Modality)))
    return "its modality often has burned-in annotation, and it does not say that it has none";
  return {};
}

}  // namespace voxprior
