#pragma once

#include <string>

#include "io/volume_file.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// `evaluate TRAIN TEST --downstream RULE`: a segmentation network trained on one folder, tested on another.
struct DownstreamEvaluation {
  std::string train, test;  ///< folders
  std::string rule;         ///< "tissue": three classes of brightness; "shape": of a set of simulate modes
  std::int64_t steps = 300;
  std::uint64_t seed = 0;
  int threads = 0;
  ReadOptions reading;
  std::string json_file;  ///< empty: not written
  Overwrite overwrite = Overwrite::no;
};

/// Labels both folders by the rule, trains a small U-Net on TRAIN and prints its Dice on TEST, with the 95 % interval
/// of a bootstrap over the volumes of TEST. Loads LibTorch.
void evaluate_downstream(const DownstreamEvaluation& evaluation, ProgressDisplay& progress);

}  // namespace voxprior
