#pragma once

#include <string>

#include "workflows/dicom_folder.h"
#include "workflows/recon_choices.h"
#include "workflows/recon_output.h"
#include "workflows/recon_sessions.h"
#include "workflows/superres.h"

namespace voxprior {

/// How `recon superres` makes slices thin, whatever its input.
struct SuperresRun {
  std::string command;  ///< for the provenance
  SuperresChoices slices;
  ReconChoices recon;
  ReconSessions sessions = {};

  /// Of a volume that was read, to `out`. `name` is what messages call it.
  void make_thin(const Volume& thick, const std::filesystem::path& name, ReconOutput& out, ProgressDisplay& progress);
};

/// Makes the slices thin of every volume of a DICOM folder that has thick ones, each as a derived series in a folder of
/// its own, as denoise_folder() does. Throws as work_on_folder() does.
void make_folder_thin(const DicomFolder& folder, SuperresRun& run, ProgressDisplay& progress);

/// The same for the one volume of a DICOM folder that is meant, to a volume file. Throws Error(ExitCode::input) where
/// several may be meant, and where it has no thick slices.
void make_dicom_volume_thin(const DicomFolder& folder, SuperresRun& run, ProgressDisplay& progress);

}  // namespace voxprior
