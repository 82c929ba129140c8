#include "io/dicom/write/research_dataset.h"

#include <dcmtk/dcmdata/dcuid.h>

#include <array>

#include "base/version.h"
#include "io/dicom/uid.h"
#include "io/dicom/write/decimal_string.h"
#include "io/dicom/write/provenance_sequences.h"

namespace voxprior {
namespace {

/// Not in the dictionary of DCMTK 3.6.7.
const DcmTag kSyntheticData(DcmTagKey(0x0008, 0x001c), EVR_CS);

void fill_patient_and_study(DcmDataset& d, const ResearchIdentity& identity, bool synthetic, const DicomTime& now) {
  set_text(d, DCM_PatientName, (synthetic ? "SYNTHETIC^" : "RESEARCH^") + identity.hash.substr(0, 8));
  set_text(d, DCM_PatientID, (synthetic ? "SYN-" : "RES-") + identity.hash.substr(0, 12));
  for (const DcmTagKey& tag : {DCM_PatientBirthDate, DCM_PatientSex, DCM_ReferringPhysicianName, DCM_AccessionNumber}) {
    set_text(d, tag, "");
  }
  if (synthetic) {
    set_text(d, DCM_PatientIdentityRemoved, "YES");
    set_text(d, DCM_DeidentificationMethod, "no patient: model sample");
    set_text(d, kSyntheticData, "YES");
  }
  set_text(d, DCM_StudyInstanceUID, identity.uid("study"));
  set_text(d, DCM_StudyID, "1");
  set_text(d, DCM_StudyDate, now.date);
  set_text(d, DCM_StudyTime, now.time);
}

void fill_series(DcmDataset& d, const ResearchIdentity& identity, const ResearchSeriesOptions& options,
                 const DicomTime& now) {
  set_text(d, DCM_Modality, options.modality == Modality::ct ? "CT" : "MR");
  set_text(d, DCM_SeriesInstanceUID, identity.uid("series"));
  set_text(d, DCM_SeriesNumber, "1");
  set_text(d, DCM_SeriesDescription,
           std::string(options.synthetic ? "synthetic volume" : "converted volume") + " - " + kResearchUseOnly);
  set_text(d, DCM_SeriesDate, now.date);
  set_text(d, DCM_SeriesTime, now.time);
  set_text(d, DCM_Laterality, "");
  set_text(d, DCM_PatientPosition, "");
  set_text(d, DCM_FrameOfReferenceUID, identity.uid("frame of reference"));
  set_text(d, DCM_PositionReferenceIndicator, "");
  set_text(d, DCM_Manufacturer, "voxprior");
  set_text(d, DCM_SoftwareVersions, version());
}

void fill_image(DcmDataset& d, const ResearchIdentity& identity, std::int64_t slice,
                const ResearchSeriesOptions& options, const DicomTime& now) {
  const bool ct = options.modality == Modality::ct;
  set_text(d, DCM_SOPClassUID, ct ? UID_CTImageStorage : UID_MRImageStorage);
  set_text(d, DCM_SOPInstanceUID, identity.uid("slice " + std::to_string(slice)));
  set_text(d, DCM_ImageType, ct ? "DERIVED\\SECONDARY\\AXIAL" : "DERIVED\\SECONDARY\\OTHER");
  set_text(d, DCM_InstanceNumber, std::to_string(slice + 1));
  set_text(d, DCM_InstanceCreationDate, now.date);
  set_text(d, DCM_InstanceCreationTime, now.time);
  set_text(d, DCM_ContentDate, now.date);
  set_text(d, DCM_ContentTime, now.time);
  set_text(d, DCM_AcquisitionNumber, "");
  set_text(d, DCM_BurnedInAnnotation, "NO");
  if (ct) {
    set_text(d, DCM_KVP, "");
  } else {
    set_text(d, DCM_ScanningSequence, "RM");  // research mode: nothing is known of how it was acquired
    set_text(d, DCM_SequenceVariant, "NONE");
    for (const DcmTagKey& tag :
         {DCM_ScanOptions, DCM_MRAcquisitionType, DCM_RepetitionTime, DCM_EchoTime, DCM_EchoTrainLength}) {
      set_text(d, tag, "");
    }
  }
}

void fill_plane(DcmDataset& d, const Geometry& g, std::int64_t slice) {
  const auto& m = g.lps_from_index;
  std::array<double, 3> position = g.origin_mm;
  for (int row = 0; row < 3; ++row) {
    position[row] += m[3 * row + 2] * g.spacing_mm[2] * static_cast<double>(slice);
  }
  set_text(d, DCM_ImagePositionPatient, decimal_strings(position));
  set_text(d, DCM_ImageOrientationPatient, decimal_strings<6>({m[0], m[3], m[6], m[1], m[4], m[7]}));
  set_text(d, DCM_PixelSpacing, decimal_strings<2>({g.spacing_mm[1], g.spacing_mm[0]}));
  set_text(d, DCM_SliceThickness, decimal_string(g.spacing_mm[2]));
}

void fill_pixel_description(DcmDataset& d, const Geometry& g, const PixelCoding& coding, bool ct) {
  set_uint16(d, DCM_SamplesPerPixel, 1);
  set_text(d, DCM_PhotometricInterpretation, "MONOCHROME2");
  set_uint16(d, DCM_Columns, static_cast<std::uint16_t>(g.size[0]));
  set_uint16(d, DCM_Rows, static_cast<std::uint16_t>(g.size[1]));
  set_uint16(d, DCM_BitsAllocated, 16);
  // The standard's MR image knows no rescale: it is added only where the voxels are no whole numbers.
  if (ct || coding.slope != 1 || coding.intercept != 0) {
    set_text(d, DCM_RescaleSlope, decimal_string(coding.slope));
    set_text(d, DCM_RescaleIntercept, decimal_string(coding.intercept));
    set_text(d, DCM_RescaleType, ct ? "HU" : "US");
  }
}

}  // namespace

std::string ResearchIdentity::uid(const std::string& of_what) const {
  return uid_from_name("voxprior research series\n" + hash + "\n" + of_what);
}

void fill_research_dataset(DcmDataset& dataset, const Geometry& geometry, std::int64_t slice, const PixelCoding& coding,
                           const ResearchIdentity& identity, const ResearchSeriesOptions& options) {
  const DicomTime now = dicom_time(options.created, dataset);
  fill_patient_and_study(dataset, identity, options.synthetic, now);
  fill_series(dataset, identity, options, now);
  fill_image(dataset, identity, slice, options, now);
  fill_plane(dataset, geometry, slice);
  fill_pixel_description(dataset, geometry, coding, options.modality == Modality::ct);
  std::string derivation = std::string("voxprior ") + version() +
                           (options.synthetic ? ": made up by a model" : ": converted from a file that is no DICOM");
  if (!options.model_name.empty()) derivation += "; model " + options.model_name;
  if (!options.model_sha256.empty()) derivation += " (SHA-256 " + options.model_sha256 + ")";
  if (!options.parameters.empty()) derivation += "; " + options.parameters;
  set_text(dataset, DCM_DerivationDescription, (derivation + ". " + kResearchUseOnly + ".").substr(0, 1024));
  append_contributing_equipment(dataset, {options.model_name, options.model_sha256, version(), options.synthetic}, now);
}

}  // namespace voxprior
