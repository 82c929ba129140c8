#include "io/dicom/write/derived_dataset.h"

#include "base/version.h"
#include "io/dicom/write/series_identity.h"
#include "io/dicom/write/stale_attributes.h"

namespace voxprior {
namespace {

constexpr std::size_t kLongestShortText = 1024;  // ST, PS3.5 6.2

void set_new_times(DcmDataset& dataset, const DicomTime& now) {
  for (const DcmTagKey& tag : {DCM_InstanceCreationDate, DCM_SeriesDate, DCM_ContentDate}) {
    set_text(dataset, tag, now.date);
  }
  for (const DcmTagKey& tag : {DCM_InstanceCreationTime, DCM_SeriesTime, DCM_ContentTime}) {
    set_text(dataset, tag, now.time);
  }
}

}  // namespace

std::string derivation_text(const DerivedSeriesOptions& options) {
  std::string text = std::string("voxprior ") + version();
  text += options.by == DerivedBy::denoising ? ": denoised" : ": voxels replaced by those of a file";
  if (!options.model_name.empty()) text += " with model " + options.model_name;
  if (!options.model_sha256.empty()) text += " (SHA-256 " + options.model_sha256 + ")";
  if (!options.parameters.empty()) text += "; " + options.parameters;
  text += std::string(". ") + kResearchUseOnly + ".";
  return text.substr(0, kLongestShortText);
}

Code derivation_code(DerivedBy by) {
  // CID 7203 has no code for denoising; smoothing is the nearest.
  return by == DerivedBy::denoising ? Code{"113087", "DCM", "Smoothing"}
                                    : Code{"REPLACED", "99VOXPRIOR", "Voxels replaced by those of a file"};
}

void set_derived_type(DcmItem& item, const DcmTagKey& tag, const std::string& second, const std::string& third) {
  std::string type = "DERIVED\\" + second;
  const std::string old = raw_text(item, tag);
  std::size_t third_at = old.find('\\');
  if (third_at != std::string::npos) third_at = old.find('\\', third_at + 1);
  const bool has_third = third_at != std::string::npos && third_at + 1 < old.size() && old[third_at + 1] != '\\';
  type += has_third ? old.substr(third_at) : "\\" + third;
  set_text(item, tag, type);
}

void edit_derived_dataset(DcmDataset& dataset, const DerivedSeriesFacts& facts, const std::string& sop_instance_uid,
                          bool source_xfer_lossy) {
  const DicomTime now = dicom_time(facts.created, dataset);
  remove_stale_attributes(dataset);
  if (!facts.keep_private) remove_private_attributes(dataset);

  set_text(dataset, DCM_SOPInstanceUID, sop_instance_uid);
  set_text(dataset, DCM_SeriesInstanceUID, facts.series_uid);
  set_text(dataset, DCM_SeriesNumber, std::to_string(facts.series_number));
  set_text(dataset, DCM_SeriesDescription,
           derived_description(raw_text(dataset, DCM_SeriesDescription), facts.process));
  set_new_times(dataset, now);

  set_text(dataset, DCM_DerivationDescription, facts.derivation);
  remove(dataset, DCM_DerivationCodeSequence);
  append_code(dataset, DCM_DerivationCodeSequence, facts.derivation_code);
  append_contributing_equipment(dataset, facts.equipment, now);
  if (source_xfer_lossy) set_text(dataset, DCM_LossyImageCompression, "01");
}

}  // namespace voxprior
