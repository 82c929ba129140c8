#include "io/dicom/file_header.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcmetinf.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <set>
#include <string>

#include "io/dicom/attributes.h"
#include "io/dicom/dataset.h"
#include "io/dicom/image_plane.h"
#include "io/dicom/multiframe.h"
#include "io/dicom/pixels/find_native_pixels.h"
#include "io/dicom/split_traits.h"

namespace voxprior {
namespace {

enum class Layout { none, classic, enhanced };

Layout layout_of(const std::string& sop_class) {
  static const std::set<std::string> classic{UID_CTImageStorage, UID_MRImageStorage};
  static const std::set<std::string> enhanced{UID_EnhancedCTImageStorage, UID_EnhancedMRImageStorage,
                                              UID_LegacyConvertedEnhancedCTImageStorage,
                                              UID_LegacyConvertedEnhancedMRImageStorage};
  if (classic.count(sop_class) > 0) return Layout::classic;
  return enhanced.count(sop_class) > 0 ? Layout::enhanced : Layout::none;
}

DicomSeries series_of(DcmFileFormat& file) {
  DcmDataset& dataset = *file.getDataset();
  DicomSeries series;
  series.study_uid = text_of(dataset, DCM_StudyInstanceUID);
  series.series_uid = text_of(dataset, DCM_SeriesInstanceUID);
  series.frame_of_reference_uid = text_of(dataset, DCM_FrameOfReferenceUID);
  series.sop_class_uid = text_of(dataset, DCM_SOPClassUID);
  series.transfer_syntax_uid = text_of(*file.getMetaInfo(), DCM_TransferSyntaxUID);
  if (series.transfer_syntax_uid.empty()) {
    // A file without meta header: DCMTK has guessed.
    series.transfer_syntax_uid = DcmXfer(dataset.getOriginalXfer()).getXferID();
  }
  series.modality = text_of(dataset, DCM_Modality);
  series.description = text_of(dataset, DCM_SeriesDescription);
  series.number = integer_of(dataset, DCM_SeriesNumber).value_or(0);
  return series;
}

/// "CT image", "RT structure set": the standard's name for what a file holds.
std::string kind_of(const std::string& sop_class) {
  const char* name = dcmFindNameOfUID(sop_class.c_str(), nullptr);
  return name != nullptr ? name : "unknown SOP class " + (sop_class.empty() ? "(none)" : sop_class);
}

/// Why the whole file is no part of a volume of MR or CT; empty when it may be.
std::string objection_to(DcmDataset& dataset, const DicomSeries& series, Layout layout) {
  if (series.series_uid.empty()) return "no SeriesInstanceUID: it belongs to no series";
  if (layout == Layout::none) return kind_of(series.sop_class_uid) + ": not a volume of MR or CT";
  if (series.modality != "MR" && series.modality != "CT") {
    return "modality " + (series.modality.empty() ? "not given" : series.modality) + ": only MR and CT are read";
  }
  if (integer_of(dataset, DCM_SamplesPerPixel).value_or(1) != 1) return "colour, not one value for each voxel";
  const std::string photometric = text_of(dataset, DCM_PhotometricInterpretation);
  if (photometric != "MONOCHROME1" && photometric != "MONOCHROME2") {
    return "PhotometricInterpretation " + (photometric.empty() ? "is missing" : photometric) +
           ": only grey values are read";
  }
  if (photometric == "MONOCHROME1" && series.modality == "CT") {
    return "CT with PhotometricInterpretation MONOCHROME1: whether it holds Hounsfield units is unclear";
  }
  if (dataset.tagExists(DCM_ModalityLUTSequence)) return "values are given through a ModalityLUTSequence";
  if (layout == Layout::classic && integer_of(dataset, DCM_NumberOfFrames).value_or(1) != 1) {
    return "several frames in a file whose SOP class allows one";
  }
  return "";
}

FrameHeader classic_frame(DcmDataset& dataset, const std::string& modality, FrameHeader frame) {
  read_spacing(&dataset, frame);
  read_position(&dataset, frame);
  read_orientation(&dataset, frame);
  read_rescale(&dataset, frame);
  read_image_type(text_of(dataset, DCM_ImageType), modality, frame);
  read_trait(dataset, DCM_EchoNumbers, trait::kEcho, frame);
  read_trait(dataset, DCM_DiffusionBValue, trait::kBValue, frame);
  read_trait(dataset, DCM_DiffusionGradientOrientation, trait::kDirection, frame);
  read_trait(dataset, DCM_TemporalPositionIdentifier, trait::kTime, frame);
  read_trait(dataset, DCM_AcquisitionNumber, trait::kAcquisition, frame);
  read_trait(dataset, DCM_EchoTime, trait::kEchoTime, frame);
  read_trait(dataset, DCM_InversionTime, trait::kInversion, frame);
  read_trait(dataset, DCM_TriggerTime, trait::kTrigger, frame);
  read_trait(dataset, DCM_FlipAngle, trait::kFlipAngle, frame);
  return frame;
}

}  // namespace

FileHeader read_file_header(const std::filesystem::path& file, const DicomLimits& limits) {
  const CheckedDicom checked = check_and_load_dicom(file, PixelLoading::skip, limits);
  const std::unique_ptr<DcmFileFormat>& loaded = checked.file;
  DcmDataset& dataset = *loaded->getDataset();
  FileHeader header;
  header.file = file;
  header.is_directory =
      text_of(*loaded->getMetaInfo(), DCM_MediaStorageSOPClassUID) == UID_MediaStorageDirectoryStorage;
  if (header.is_directory) return header;

  header.series = series_of(*loaded);
  header.sop_instance_uid = text_of(dataset, DCM_SOPInstanceUID);
  const Layout layout = layout_of(header.series.sop_class_uid);
  header.problem = objection_to(dataset, header.series, layout);
  if (!header.problem.empty()) return header;

  FrameHeader common;
  common.frame.file = file;
  common.frame.sop_instance_uid = header.sop_instance_uid;
  common.frame.native = find_native_pixels(checked, file);
  read_size(dataset, common);
  if (layout == Layout::classic) {
    header.frames.push_back(classic_frame(dataset, header.series.modality, common));
    return header;
  }
  read_trait(dataset, DCM_AcquisitionNumber, trait::kAcquisition, common);
  read_trait(dataset, DCM_InstanceNumber, trait::kInstance, common);
  header.frames = read_frames(dataset, header.series.modality, common);
  if (header.frames.empty()) header.problem = "NumberOfFrames and PerFrameFunctionalGroupsSequence disagree";
  return header;
}

}  // namespace voxprior
