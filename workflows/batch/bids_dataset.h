#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflows/batch/batch_case.h"
#include "workflows/batch/batch_task.h"
#include "workflows/batch/bids_filter.h"

namespace voxprior {

/// Whether a folder says that it is a BIDS dataset: it has a dataset_description.json.
bool is_bids_dataset(const std::filesystem::path& folder);

/// Labels without "sub-" and "ses-"; empty: all.
struct BidsSelection {
  std::vector<std::string> participants, sessions;
};

/// Every scan of the dataset that the filter takes, as a case whose output is named as a derivative of the task. What
/// else lies in anat/ is counted in a notice. Throws Error(ExitCode::usage) for a participant or session that is not
/// there, Error(ExitCode::input) for a dataset_description.json that is damaged.
BatchInput bids_cases(const std::filesystem::path& dataset, const BidsSelection& selection, const BidsFilter& filter,
                      const TaskFacts& task);

/// dataset_description.json of the dataset.
nlohmann::ordered_json dataset_description(const std::filesystem::path& dataset);

/// The files that a folder of derivatives has at its top: dataset_description.json, descriptions.tsv, .bidsignore,
/// README.md. Those that are right already are left alone. Throws Error(ExitCode::output).
void write_derivative_dataset(const std::filesystem::path& out, const std::filesystem::path& dataset,
                              const TaskFacts& task);

}  // namespace voxprior
