#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "workflows/batch/batch_case.h"
#include "workflows/batch/bids_dataset.h"

namespace voxprior {

/// What a batch is to work on.
struct BatchRequest {
  std::filesystem::path input, output;
  BidsSelection selection;
  std::filesystem::path filter_file;  ///< --bids-filter-file; empty: the model says what is taken
  std::string model;                  ///< a name, a file or "auto"
  std::int64_t max_voxels = 0;
  TaskFacts task;
  /// What the task has against volume `stack` of a DICOM series, which is then skipped; an empty text: nothing.
  std::function<std::string(const DicomSeries& series, std::size_t stack)> objection = {};
};

/// Finds the cases: of a BIDS dataset its scans; of any other folder its volume files at any depth; of a folder
/// without any the DICOM series in it. Throws Error: ExitCode::input when there is nothing to work on,
/// ExitCode::output for an OUT that lies where the next run would read it, ExitCode::usage for options that do not fit.
BatchInput find_cases(const BatchRequest& request);

}  // namespace voxprior
