#pragma once

#include <filesystem>

#include "workflows/denoising.h"
#include "workflows/dicom_input.h"

namespace voxprior {

/// What to denoise of a DICOM folder, and where to put it.
struct FolderToDenoise {
  std::filesystem::path input;   ///< DICOM folder, file or DICOMDIR
  std::filesystem::path output;  ///< a folder: series-001/, series-001.voxprior.json, ... are made in it
  DicomChoices dicom;            ///< --series, --allow-gaps
  ReadOptions reading;
  bool keep_private = false;
  bool overwrite = false;
};

/// Denoises every volume of every series that the model is for, each into a derived series in a folder of its own,
/// named by the place of the series in what `voxprior info` lists, never by a DICOM attribute. Prints what was written,
/// and what was skipped and why. Throws Error: ExitCode::input when nothing could be denoised, ExitCode::some_failed
/// after all others are done when some volumes failed.
void denoise_folder(const FolderToDenoise& folder, const DenoiseChoices& choices, ProgressDisplay& progress);

}  // namespace voxprior
