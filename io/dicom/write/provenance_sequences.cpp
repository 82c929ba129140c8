#include "io/dicom/write/provenance_sequences.h"

#include "io/dicom/uid.h"

namespace voxprior {
namespace {

std::string device_name(const ProcessingEquipment& equipment) {
  return equipment.model_sha256.empty() ? "voxprior " + equipment.version : "model " + equipment.model_sha256;
}

DcmItem& append_reference(DcmItem& parent, const DcmTagKey& sequence, const SourceReference& source) {
  DcmItem& item = append_item(parent, sequence);
  set_text(item, DCM_ReferencedSOPClassUID, source.sop_class_uid);
  set_text(item, DCM_ReferencedSOPInstanceUID, source.sop_instance_uid);
  return item;
}

std::string frame_numbers(const std::vector<std::int64_t>& frames) {
  std::string list;
  for (const std::int64_t frame : frames) list += (list.empty() ? "" : "\\") + std::to_string(frame + 1);
  return list;
}

}  // namespace

void append_contributing_equipment(DcmItem& dataset, const ProcessingEquipment& equipment, const DicomTime& when) {
  DcmItem& item = append_item(dataset, DCM_ContributingEquipmentSequence);
  append_code(item, DCM_PurposeOfReferenceCodeSequence,
              equipment.synthesised ? Code{"109100", "DCM", "Synthesizing Equipment"}
                                    : Code{"109102", "DCM", "Processing Equipment"});
  set_text(item, DCM_Manufacturer, "voxprior");
  set_text(item, DCM_ManufacturerModelName,
           equipment.model_name.empty() ? "voxprior" : ("voxprior " + equipment.model_name).substr(0, 64));
  set_text(item, DCM_SoftwareVersions, equipment.version);
  set_text(item, DCM_DeviceUID, uid_from_name(device_name(equipment)));
  set_text(item, DCM_ContributionDateTime, when.datetime);
  set_text(item, DCM_ContributionDescription, std::string(kResearchUseOnly) + " - not for diagnostic use");
}

void set_source_images(DcmItem& item, const std::vector<SourceReference>& sources, SourcePlace place) {
  remove(item, DCM_SourceImageSequence);
  for (const SourceReference& source : sources) {
    DcmItem& reference = append_reference(item, DCM_SourceImageSequence, source);
    if (!source.frames.empty()) set_text(reference, DCM_ReferencedFrameNumber, frame_numbers(source.frames));
    set_text(reference, DCM_SpatialLocationsPreserved, place == SourcePlace::same ? "YES" : "NO");
    append_code(reference, DCM_PurposeOfReferenceCodeSequence,
                {"121322", "DCM", "Source image for image processing operation"});
  }
}

void set_source_evidence(DcmItem& dataset, const std::string& study_uid, const std::string& series_uid,
                         const SourceReference& source) {
  remove(dataset, DCM_SourceImageEvidenceSequence);
  DcmItem& study = append_item(dataset, DCM_SourceImageEvidenceSequence);
  DcmItem& series = append_item(study, DCM_ReferencedSeriesSequence);
  set_text(study, DCM_StudyInstanceUID, study_uid);
  set_text(series, DCM_SeriesInstanceUID, series_uid);
  append_reference(series, DCM_ReferencedSOPSequence, source);
}

}  // namespace voxprior
