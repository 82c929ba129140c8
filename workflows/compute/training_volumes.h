#pragma once

#include <string>
#include <vector>

#include "models/training/dataset_index.h"
#include "models/training/source.h"

namespace voxprior {

/// ${NAME} in a path stands for an environment variable. Throws Error(ExitCode::usage) for one that is not set.
std::string expand_variables(std::string text);

/// Reads the volumes that a training configuration names. Each entry is a file or a folder (read recursively, in the
/// order of the paths); ${NAME} stands for an environment variable; file names in `exclude` are left out.
/// MR is normalised by foreground_scale, CT (modality "ct") by ct_intensity_map.
/// Throws Error(ExitCode::usage) for a variable that is not set, Error(ExitCode::input) for a missing or broken file.
std::vector<TrainingVolume> read_training_volumes(const std::vector<std::string>& entries,
                                                  const std::vector<std::string>& exclude, const std::string& modality);

/// The volumes of a split of a dataset that `voxprior prepare` made; "" has none. Its path may hold ${NAME}, too.
/// Throws Error(ExitCode::input) for a damaged dataset or one whose intensities are not those of `modality`.
std::vector<TrainingVolume> read_dataset_volumes(const std::string& folder, Split split, const std::string& modality);

/// The volume averaged over blocks of 2x2x2 voxels; an odd last voxel is left out. Throws Error(ExitCode::input) when
/// an axis has fewer than two voxels.
TrainingVolume halved(const TrainingVolume& volume);

}  // namespace voxprior
