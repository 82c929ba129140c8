#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "io/volume_file.h"
#include "workflows/batch/batch_case.h"
#include "workflows/batch/batch_task.h"
#include "workflows/batch/case_store.h"
#include "workflows/batch/write_case.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// How the cases of a batch are worked on.
struct BatchPlan {
  CaseTarget target;
  ReadOptions reading;
  bool allow_gaps = false;
  bool overwrite = false;      ///< replace files below OUT that no batch wrote
  std::string settings;        ///< all that results depend on besides the input, as a hash
  bool retry_crashed = false;  ///< take up cases over which the program died kMostDeaths times, too
};

struct BatchOutcome {
  std::size_t done = 0, done_before = 0, failed = 0, skipped = 0, elsewhere = 0;
};

/// Does the task with every case that is not done yet. One thread reads ahead and one writes behind while the caller's
/// computes, at most one case waiting between them. A case over which a process died before is worked on with no other
/// in hand, and is a failure without being tried once kMostDeaths processes in a row did. A case that fails is noted
/// and told and the rest goes on; trouble with the model or the disk ends the run. Throws Error for that, and
/// Interrupted after a signal: the case that was being computed is dropped then, what was finished is written.
BatchOutcome run_batch(const std::vector<BatchCase>& cases, const BatchPlan& plan, const CaseStore& store,
                       BatchTask& task, ProgressDisplay& progress);

}  // namespace voxprior
