#pragma once

#include <string>
#include <vector>

#include "models/training/source.h"

namespace voxprior {

/// What a network is to be told of these volumes: what `config.conditioning` names, with the classes and voxel sizes
/// that they have. Throws Error(ExitCode::input) for a volume of which that is not known.
Conditioning conditioning_of(const std::vector<TrainingVolume>& volumes, const TrainingConfig& config);

/// A hash of what is told of these volumes, so that a run is not resumed on other classes or labels by mistake; ""
/// where nothing is.
std::string identity_of_conditions(const std::vector<TrainingVolume>& volumes, const TrainingConfig& config);

/// Hides class and mask of a sample, so that the network also learns to work without: with the probability `share` both
/// and, if not, each by itself with that probability. Classifier-free guidance (Ho and Salimans 2022,
/// arXiv:2207.12598). The voxel size is always told. Draws nothing where there is neither.
void leave_out(TrainingSample& sample, const Conditioning& conditioning, double share, Random& random);

/// What is told of the samples of a batch.
Condition condition_of(const std::vector<TrainingSample>& samples, const Conditioning& conditioning);

/// What a network is told of a whole volume. Throws Error(ExitCode::input) for one that it was not trained for.
Condition condition_of(const TrainingVolume& volume, const Conditioning& conditioning);

}  // namespace voxprior
