#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "io/dicom/find_series.h"
#include "io/volume.h"
#include "io/volume_file.h"
#include "workflows/cli/arguments.h"

namespace voxprior {

/// The options of commands that read DICOM: --series and --allow-gaps. --volume is one of ReadChoices.
class DicomChoices {
 public:
  void add_to(Arguments& arguments);
  /// For a command that can do nothing with gaps: --series alone.
  void add_series_to(Arguments& arguments);
  /// Throws Error(ExitCode::usage) if one of them is given and `input` is a volume file, which has no series.
  void refuse_beside_file(const std::filesystem::path& input) const;

  std::string series;  ///< SeriesNumber or SeriesInstanceUID; empty: the only one
  bool allow_gaps = false;
  std::string series_option = "--series", volume_option = "--volume";  ///< what messages call them
};

/// Throws Error(ExitCode::usage) if `input` is a volume file; `option`, which is given, is for DICOM.
void refuse_beside_file(const std::filesystem::path& input, const std::string& option);

/// One volume of one series.
struct DicomVolumeChoice {
  DicomSeries series;
  std::size_t stack = 0;
};

/// "series 3 (MR)": for people, no patient data.
std::string name_of(const DicomSeries& series);
/// "series 3 (MR), volume 1" where it has several.
std::string name_of_volume(const DicomSeries& series, std::size_t stack);

/// The series of `survey` that `wanted` (a number or a UID) names; without it, the only one that can be read. Throws
/// Error(ExitCode::input) that lists the choices, and the option that makes one, when there are several, and says why
/// when there is none.
const DicomSeries& choose_series(const DicomSurvey& survey, const std::filesystem::path& input,
                                 const std::string& wanted, const std::string& option = "--series");

/// The volume of a series that `option` names, counted from 0; without it (-1), the only one.
std::size_t choose_stack(const DicomSeries& series, const std::filesystem::path& input, int wanted,
                         const std::string& option = "--volume");

/// Finds the one volume meant. Refuses when a DICOM file is damaged: it might belong to that volume.
DicomVolumeChoice choose_dicom_volume(const std::filesystem::path& input, const DicomChoices& choices,
                                      const ReadOptions& reading);

/// Reads it. What was left out of the series is among the notices of the volume.
Volume read_chosen_volume(const DicomVolumeChoice& chosen, const DicomChoices& choices, const ReadOptions& reading);

}  // namespace voxprior
