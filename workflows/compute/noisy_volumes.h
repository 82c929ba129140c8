#pragma once

#include <string>
#include <vector>

#include "models/training/config.h"
#include "models/training/source.h"

namespace voxprior {

/// Noisy scans for self-supervised training, in the units that a denoiser works in.
struct NoisyVolumes {
  std::vector<TrainingVolume> volumes;
  std::vector<std::string> notices;  ///< one line a scan: its noise, and what was done about it
};

/// Reads the files that `entries` of a self-supervised configuration stand for, as volume_files() finds them, less
/// data.exclude. The noise of each is found and made white, even in distribution and Gaussian as `denoise` does it:
/// Rician magnitudes are stabilised, noise that a filter of k-space correlated is whitened (NetworkUnits).
///
/// With data.repeats the files are 4D, and the frames are repeats of one scan: the same contrast in the same place,
/// with independent noise. They share one unit and one sigma, the root mean square of theirs.
///
/// Throws as read_training_volumes() does, and Error(ExitCode::input) for CT; for 4D files without data.repeats and 3D
/// ones with it; for scans too small or too clean to see noise in, or denoised before; for noise that is correlated in
/// a way that cannot be undone (unless there are repeats, which need not know); for repeats that differ by much more
/// than their noise.
NoisyVolumes read_noisy_volumes(const std::vector<std::string>& entries, const TrainingConfig& config);

}  // namespace voxprior
