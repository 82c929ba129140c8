#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "models/training/dataset_index.h"
#include "models/training/source.h"
#include "workflows/compute/volume_classes.h"
#include "workflows/compute/volume_labels.h"

namespace voxprior {

/// What is known of volumes beside their voxels.
struct VolumeContext {
  VolumeClasses classes;
  VolumeLabels labels;
  bool draws_labels = false;  ///< the volumes to learn from are label volumes
};

/// The files that entries of a training configuration stand for, as read_training_volumes() says. Throws as it does.
std::vector<std::filesystem::path> volume_files(const std::vector<std::string>& entries,
                                                const std::vector<std::string>& exclude);

/// Reads the volumes that a training configuration names. Each entry is a file or a folder (read recursively, in the
/// order of the paths); ${NAME} stands for an environment variable; file names in `exclude` are left out.
/// MR is normalised by foreground_scale, CT (modality "ct") by ct_intensity_map.
/// Throws Error(ExitCode::usage) for a variable that is not set, Error(ExitCode::input) for a missing or broken file,
/// or one of no class or no label where these are given.
std::vector<TrainingVolume> read_training_volumes(const std::vector<std::string>& entries,
                                                  const std::vector<std::string>& exclude, const std::string& modality,
                                                  const VolumeContext& context = {});

/// Label volumes, whole numbers from 0 to 255, each patch of which is painted anew: TrainingVolume::painted. Entries
/// and `exclude` are as above. Throws Error(ExitCode::usage) and Error(ExitCode::input) as above, and for other values.
std::vector<TrainingVolume> read_painted_volumes(const std::vector<std::string>& entries,
                                                 const std::vector<std::string>& exclude);

/// The volumes of a split of a dataset that `voxprior prepare` made; "" has none. Its path may hold ${NAME}, too.
/// Throws Error(ExitCode::input) for a damaged dataset or one whose intensities are not those of `modality`.
std::vector<TrainingVolume> read_dataset_volumes(const std::string& folder, Split split, const std::string& modality,
                                                 const VolumeContext& context = {});

/// The volume averaged over blocks of 2x2x2 voxels, its labels the most frequent of each; an odd last voxel is left
/// out. Throws Error(ExitCode::input) when an axis has fewer than two voxels.
TrainingVolume halved(const TrainingVolume& volume);

}  // namespace voxprior
