#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/dicom/write/edit_attributes.h"

namespace voxprior {

/// A program with a model, as the standard sees it: a piece of equipment that worked on the image.
struct ProcessingEquipment {
  std::string model_name;    ///< of the learned model; empty: none was used
  std::string model_sha256;  ///< of the model file; empty: none was used
  std::string version;       ///< of this program
  bool synthesised = false;  ///< it made the image up, instead of processing one
};

/// "RESEARCH USE ONLY", as it stands in every series written here.
inline constexpr const char* kResearchUseOnly = "RESEARCH USE ONLY";

/// Appends to ContributingEquipmentSequence (PS3.3 C.12.1), after what the source had there. DeviceUID changes when the
/// model does.
void append_contributing_equipment(DcmItem& dataset, const ProcessingEquipment& equipment, const DicomTime& when);

/// An instance that was processed.
struct SourceReference {
  std::string sop_class_uid, sop_instance_uid;
  std::vector<std::int64_t> frames;  ///< counted from 0; empty: all of it
};

/// Whether the pixels of a source lie where ours do (SpatialLocationsPreserved), or on other slices.
enum class SourcePlace { same, other };

/// Replaces SourceImageSequence (PS3.3 C.7.6.1.1.4) by one item for each of `sources`.
void set_source_images(DcmItem& item, const std::vector<SourceReference>& sources, SourcePlace place);

/// Replaces SourceImageEvidenceSequence (PS3.3 C.8.13.1), which multi-frame images have besides.
void set_source_evidence(DcmItem& dataset, const std::string& study_uid, const std::string& series_uid,
                         const SourceReference& source);

}  // namespace voxprior
