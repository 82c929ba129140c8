#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/dicom/find_series.h"
#include "workflows/compute/denoise_session.h"

namespace voxprior {

/// One volume of a DICOM folder, and what becomes of it.
struct DicomCase {
  const DicomSeries* series = nullptr;  ///< of the survey
  std::size_t stack = 0;
  std::string name;                  ///< "series 3 (MR)", "series 3 (MR), volume 1": for people, no patient data
  std::filesystem::path out_folder;  ///< its name comes from the place of the series in the survey, never from a tag
  std::string reason;                ///< why it is skipped; empty: it is not
};

struct DicomCaseRules {
  std::filesystem::path input, output;
  std::string series;       ///< SeriesNumber or SeriesInstanceUID; empty: all
  int volume = -1;          ///< which volume of each series, counted from 0; -1: all
  bool allow_gaps = false;  ///< take slices that are not equally spaced
  /// What else speaks against volume `stack` of a series; an empty text: nothing.
  std::function<std::string(const DicomSeries& series, std::size_t stack)> objection = {};
};

/// Every volume of the survey that the rules ask for, with the reason where one must be skipped. Throws
/// Error(ExitCode::input) when the series asked for is not there.
std::vector<DicomCase> dicom_cases(const DicomSurvey& survey, const DicomCaseRules& rules);

/// Why volume `stack` of a series must be skipped; empty: it must not.
std::string reason_against_case(const DicomSeries& series, std::size_t stack, const DicomCaseRules& rules);

/// Skips, of those not skipped yet, what the model was not trained on. `option` is the one that names another.
void skip_other_modalities(std::vector<DicomCase>& cases, const ModelFacts& model,
                           const std::string& option = "--model");

/// The same for a model by name, as its card says; with "auto" nothing is skipped. The model is not loaded.
void skip_other_modalities(std::vector<DicomCase>& cases, const std::string& model,
                           const std::string& option = "--model");

/// How many are not skipped.
std::size_t count_to_do(const std::vector<DicomCase>& cases);

}  // namespace voxprior
