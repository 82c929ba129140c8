#pragma once

#include <filesystem>
#include <vector>

#include "models/training/dataset_index.h"
#include "workflows/cli/progress.h"
#include "workflows/prepare/common_grid.h"
#include "workflows/prepare/survey.h"

namespace voxprior {

/// Everything that was decided: where each volume goes, and to which split.
struct DatasetPlan {
  Geometry grid;
  std::vector<Affine> source_from_dataset;
  std::vector<Split> splits;
};

/// Reads every volume again, puts it on the grid in normalised intensity, and writes shards and index into `folder`.
/// As many volumes as there are threads are in memory at a time.
void write_dataset(const std::filesystem::path& folder, const PrepareOptions& options, const Survey& survey,
                   const DatasetPlan& plan, ProgressDisplay& progress);

}  // namespace voxprior
