#include "io/dicom/network/received_instance.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include "base/error.h"
#include "io/dicom/attributes.h"
#include "io/dicom/dataset.h"
#include "io/dicom/write/series_nature.h"

namespace voxprior {

ReceivedInstance read_received(const std::filesystem::path& file) {
  const auto loaded = load_dicom(file, PixelLoading::skip);
  DcmDataset& dataset = *loaded->getDataset();
  ReceivedInstance received;
  received.study_uid = text_of(dataset, DCM_StudyInstanceUID);
  received.series_uid = text_of(dataset, DCM_SeriesInstanceUID);
  received.sop_class_uid = text_of(dataset, DCM_SOPClassUID);
  received.sop_instance_uid = text_of(dataset, DCM_SOPInstanceUID);
  received.modality = text_of(dataset, DCM_Modality);
  received.description = text_of(dataset, DCM_SeriesDescription);
  received.sequence = text_of(dataset, DCM_SequenceName);
  if (received.sequence.empty()) received.sequence = text_of(dataset, DCM_ProtocolName);
  received.expected_instances = integer_of(dataset, DCM_NumberOfSeriesRelatedInstances).value_or(0);
  received.written_here = written_by_voxprior(dataset);
  if (received.study_uid.empty() || received.series_uid.empty() || received.sop_instance_uid.empty())
    fail(ExitCode::input, file, ": has no study, series or instance UID");
  return received;
}

}  // namespace voxprior
