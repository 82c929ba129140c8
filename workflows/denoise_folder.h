#pragma once

#include "workflows/denoise_extras.h"
#include "workflows/denoising.h"
#include "workflows/dicom_folder.h"

namespace voxprior {

/// What to denoise of a DICOM folder, and where to put it.
struct FolderToDenoise : DicomFolder {
  DenoiseExtras extras;  ///< only where one volume is to be denoised
  bool keep_private = false;
};

/// Denoises every volume of every series that the model is for, each into a derived series in a folder of its own,
/// named by the place of the series in what `voxprior info` lists, never by a DICOM attribute. Prints what was written,
/// and what was skipped and why. The model is loaded once, and not at all when every volume is skipped for another
/// reason. Throws Error: ExitCode::input when nothing could be denoised, ExitCode::usage when extras are wanted of
/// several volumes, ExitCode::some_failed after all others are done when some volumes failed.
void denoise_folder(const FolderToDenoise& folder, const DenoiseChoices& choices, ModelOnDemand& model,
                    ProgressDisplay& progress);

}  // namespace voxprior
