#pragma once

#include "workflows/cli/progress.h"
#include "workflows/prepare/options.h"

namespace voxprior {

/// What was made, to be told.
struct PrepareReport {
  std::size_t volumes = 0, train = 0, validation = 0, holdout = 0;
  std::array<std::int64_t, 3> size{};
  std::array<double, 3> spacing_mm{};
  std::size_t skipped_or_odd = 0;  ///< notices told
};

/// The whole of `voxprior prepare`: look at the volumes, choose the grid, align, write the dataset and its sidecar
/// OUT.voxprior.json. Notices go to stderr and into the sidecar. Throws Error; leaves no half-written dataset.
PrepareReport prepare_dataset(const PrepareOptions& options, ProgressDisplay& progress);

}  // namespace voxprior
