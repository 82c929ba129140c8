#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace voxprior {

/// What a received file says of itself, as far as it decides what becomes of it. Text may hold a patient's data: it is
/// for matching, never for logs or names.
struct ReceivedInstance {
  std::string study_uid, series_uid, sop_class_uid, sop_instance_uid;
  std::string modality, description, sequence;  ///< SeriesDescription; SequenceName, else ProtocolName
  std::int64_t expected_instances = 0;          ///< NumberOfSeriesRelatedInstances; 0: it does not say
  bool written_here = false;                    ///< a result of this program
};

/// Checks a file's structure (prescan_dicom) and reads its header. Throws Error(ExitCode::input) for a file that is
/// damaged or has no UIDs.
ReceivedInstance read_received(const std::filesystem::path& file);

}  // namespace voxprior
