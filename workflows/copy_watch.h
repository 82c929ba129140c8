#pragma once

#include <filesystem>
#include <optional>

#include "base/atomic_file.h"
#include "io/volume.h"
#include "pipeline/metrics/training_features.h"
#include "workflows/compute/synth_session.h"

namespace voxprior {

/// How near a sample is to the training set of its model.
struct CopyCheck {
  FeatureNeighbour nearest;  ///< of the sample as it is or in a left-right mirror, whichever is nearer
  double limit = 0;          ///< what held-out volumes keep: see copy_limit()
  bool suspicious() const { return nearest.distance < limit; }
};

/// What a model folder knows of its training volumes, so that synth can warn of copies: `copies.json`, features without
/// a voxel or a name. It belongs to the coarse network of the folder, by its hash.
struct CopyWatch {
  TrainingFeatures training;
  std::array<std::int64_t, 3> size{};  ///< of the training volumes along i, j, k: where their features were taken
  std::size_t held_out = 0;            ///< volumes that the limit comes from
  double limit = 0;

  /// `sample` on the model's grid, in RAS orientation, in any unit.
  CopyCheck check(const Volume& sample) const;
};

/// Writes copies.json into a model folder. Throws Error(ExitCode::model) when it has no coarse.safetensors.
void write_copy_watch(const std::filesystem::path& model_folder, const CopyWatch& watch, Overwrite overwrite);

/// Reads it; nothing when the folder has none. Throws Error(ExitCode::model) for a damaged one, or one that belongs to
/// other weights or another grid than the model's.
std::optional<CopyWatch> read_copy_watch(const SynthFacts& model, const std::filesystem::path& model_folder);

/// The file that write_copy_watch() writes.
std::filesystem::path copy_watch_path(const std::filesystem::path& model_folder);

}  // namespace voxprior
