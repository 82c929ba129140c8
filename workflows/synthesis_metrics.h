#pragma once

#include <string>

#include "io/volume_file.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// `evaluate REAL SYNTH --synthesis`: a folder of synthetic volumes against a folder of real ones.
struct SynthesisEvaluation {
  std::string real, synthetic;  ///< folders
  std::uint64_t seed = 0;
  std::size_t draws = 100;
  int threads = 0;
  ReadOptions reading;
  std::string json_file, preview_file;  ///< empty: not written
  Overwrite overwrite = Overwrite::no;
};

/// Prints every metric of pipeline/metrics/set_comparison.h beside its real-vs-real floor and writes the file asked
/// for.
void evaluate_synthesis(const SynthesisEvaluation& evaluation, ProgressDisplay& progress);

}  // namespace voxprior
