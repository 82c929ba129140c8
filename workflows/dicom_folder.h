#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "workflows/cli/progress.h"
#include "workflows/dicom_cases.h"
#include "workflows/dicom_input.h"
#include "workflows/dicom_output.h"

namespace voxprior {

/// A DICOM folder whose volumes each become a derived series, and where to put them.
struct DicomFolder {
  std::filesystem::path input;   ///< DICOM folder, file or DICOMDIR
  std::filesystem::path output;  ///< a folder: series-001/, series-001.voxprior.json, ... are made in it
  DicomChoices dicom;            ///< --series, --allow-gaps
  ReadOptions reading;
  bool overwrite = false;
};

/// Looks for series, once it is clear that something can come of them; damaged files are told. Throws Error:
/// ExitCode::input where there is no series, ExitCode::usage for an output that names a file, ExitCode::output for one
/// in the folder that is read.
DicomSurvey survey_folder(const DicomFolder& folder, ProgressDisplay& progress);

/// Files that were asked for besides the series, which can be of one volume only.
struct FilesOfOneVolume {
  std::string options;                       ///< how messages call them: "--log, --preview and --uncertainty"
  std::vector<std::filesystem::path> paths;  ///< empty ones are not asked for
};

/// Makes the output folder, checks that all can be written, and calls `work` for each volume that is not skipped; says
/// which are, and why. One that fails (ExitCode::input) does not keep the others from it; trouble with the model or the
/// disk does. Throws Error: ExitCode::input when nothing was written, ExitCode::some_failed after all others are done
/// when some failed, ExitCode::usage when `files` are asked for of several volumes. `done` is what becomes of the
/// volumes: "denoised".
void work_on_folder(const DicomFolder& folder, const std::vector<DicomCase>& cases, const std::string& done,
                    const FilesOfOneVolume& files, ProgressDisplay& progress,
                    const std::function<void(const DicomCase&)>& work);

}  // namespace voxprior
