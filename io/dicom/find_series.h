#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/dicom/limits.h"
#include "io/dicom/series.h"

namespace voxprior {

/// What lies in files, folders or on a medium.
struct DicomSurvey {
  std::vector<DicomSeries> series;      ///< by study, SeriesNumber, UID
  std::vector<std::string> unreadable;  ///< DICOM files that are damaged, one line each
  std::int64_t not_dicom = 0;           ///< files that are no DICOM: passed over
};

/// Whether a name leads to DICOM: a folder, or a file that begins as DICOM files do and has no ending of another
/// format.
bool leads_to_dicom(const std::filesystem::path& path);

/// Reads headers only, no pixels. A folder is searched at any depth; a DICOMDIR that is named itself stands for the
/// files it refers to, one found in a folder is passed over. The result depends neither on the order of files nor on
/// their names. Throws Error(ExitCode::input) where a name leads nowhere, never because of one bad file among others.
DicomSurvey survey_dicom(const std::vector<std::filesystem::path>& files_or_folders, const DicomLimits& limits = {});

/// The series of the survey; damaged files are the problems of one more, last, that has no UID and is not readable.
std::vector<DicomSeries> find_dicom_series(const std::vector<std::filesystem::path>& files_or_folders,
                                           const DicomLimits& limits = {});

}  // namespace voxprior
