#pragma once

#include <string>

#include "io/volume_file.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// `evaluate --memorisation TRAIN SYNTH --holdout H`: are synthetic volumes copies of training volumes?
struct MemorisationEvaluation {
  std::string training, synthetic, held_out;  ///< folders
  int threads = 0;
  ReadOptions reading;
  std::string json_file, preview_file;  ///< empty: not written
  std::string model_folder;             ///< of the synthesis model that is to warn of copies; empty: none
  Overwrite overwrite = Overwrite::no;
};

/// Prints the tests of pipeline/metrics/memorisation.h and the closest pairs, and writes the files asked for.
void evaluate_memorisation(const MemorisationEvaluation& evaluation, ProgressDisplay& progress);

}  // namespace voxprior
