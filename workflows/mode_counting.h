#pragma once

#include <string>

#include "io/volume_file.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// `evaluate REAL TEST --modes`: which modes of a set made by `simulate modes` a folder of volumes covers.
struct ModeEvaluation {
  std::string real, test;  ///< folders; `real` has a modes.json
  std::uint64_t seed = 0;  ///< of the floor's draws
  int threads = 0;
  ReadOptions reading;
  std::string json_file;  ///< empty: not written
  Overwrite overwrite = Overwrite::no;
};

/// Prints modes found, rejects and distances of frequencies, each beside what a perfect generator would show with as
/// many volumes, and writes the file asked for. The real volumes themselves are counted, too.
void evaluate_modes(const ModeEvaluation& evaluation, ProgressDisplay& progress);

}  // namespace voxprior
