#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "workflows/batch/batch_case.h"
#include "workflows/batch/batch_task.h"

namespace voxprior {

/// The record of a case: a JSON file beside its output.
std::filesystem::path record_path(const BatchCase& one, BatchLayout layout);

/// What a case left, below OUT.
struct CaseFiles {
  std::vector<std::filesystem::path> paths;  ///< volume or DICOM files, then the record
  std::int64_t clipped_voxels = 0;
  std::vector<std::string> notices;
};

struct CaseTarget {
  std::filesystem::path out;  ///< OUT
  BatchLayout layout = BatchLayout::tree;
  bool keep_private = false;
};

/// Writes what came of a case below OUT, replacing what is there, and then its record: all of it or nothing.
/// The record holds no time, so that the same case always gives the same bytes (a DICOM series holds its time, which
/// SOURCE_DATE_EPOCH sets). Throws Error(ExitCode::output).
CaseFiles write_case(const BatchCase& one, const CaseTarget& target, const TaskResult& result,
                     nlohmann::ordered_json record);

}  // namespace voxprior
