#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "io/volume_file.h"
#include "workflows/dicom_input.h"

namespace voxprior {

/// Where one volume of a page comes from: a file, or one volume of a DICOM series.
struct ScanSource {
  std::filesystem::path path;              ///< the file, or what was named to find the series
  std::optional<DicomVolumeChoice> dicom;  ///< nothing for a file

  /// What a page calls it: the name of the file or, of DICOM, "series 3 (MR)": folders are often named after patients.
  std::string title() const;

  /// What its record lies beside (Record::beside()): the file, or the folder that the files of the series are in.
  std::filesystem::path record_holder() const;
};

/// The result on a page: a volume file, or a DICOM folder with one volume. Throws Error(ExitCode::input) for others.
ScanSource find_after(const std::filesystem::path& path, const ReadOptions& reading);

/// The scan that `after` was made of: a volume file, or of a DICOM folder the series that `series` (a number or a UID)
/// names, else the one that the record of `after` names, else the only one; of several volumes likewise the one that
/// `reading` names. Throws Error(ExitCode::input) where that leaves a choice.
ScanSource find_before(const std::filesystem::path& path, const std::string& series, const ReadOptions& reading,
                       const ScanSource& after);

/// The same for one of many results of a folder that was looked through before: what the record of `after` names.
ScanSource find_before(const std::filesystem::path& folder, const DicomSurvey& survey, const ScanSource& after);

/// Reads it. Slices that are not equally spaced are taken as if they were: whoever made the result did so, too. Tilted
/// slices (gantry tilt) are shown as if they stood upright. Both is in the notices of the volume.
Volume read_scan(const ScanSource& source, const ReadOptions& reading);

}  // namespace voxprior
