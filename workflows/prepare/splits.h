#pragma once

#include <string>
#include <vector>

#include "models/training/dataset_index.h"
#include "workflows/prepare/survey.h"

namespace voxprior {

/// Which volumes are kept from training. `holdout` and `validation` are lists separated by commas: file names with
/// shell wildcards, with or without their ending, and at most one number, which draws that many more. The draw is by
/// seed and content: adding a volume moves few others. Throws Error(ExitCode::usage) for a name that fits no volume, a
/// volume in both lists, or lists that leave nothing to train on.
std::vector<Split> choose_splits(const std::vector<SurveyedVolume>& volumes, const PrepareOptions& options);

}  // namespace voxprior
