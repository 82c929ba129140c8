#pragma once

#include <string>
#include <vector>

#include "models/training/source.h"

namespace voxprior {

/// Clean volumes with their real noisy counterparts (TrainingVolume::scan). A pair has one file name, whatever the
/// format. Entries, `exclude` and what is thrown for files: read_training_volumes(). Both volumes are brought to the
/// unit of the noisy one, since that is all that there is when a model is used.
/// Throws Error(ExitCode::input) for a volume without a counterpart, two of one name, or a pair that is not on one
/// grid.
std::vector<TrainingVolume> read_training_pairs(const std::vector<std::string>& clean,
                                                const std::vector<std::string>& noisy,
                                                const std::vector<std::string>& exclude, const std::string& modality);

}  // namespace voxprior
