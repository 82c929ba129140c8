#pragma once

#include <vector>

#include "models/training/training_loop.h"

namespace voxprior {

/// Trains an Autoencoder (kind autoencoder) on patches: minimises the mean absolute error of the reconstruction from a
/// sample of the posterior, and its multi-scale gradient loss and the KL divergence by their weights. Each time a model
/// is written, mean and standard deviation of its latents over the training volumes are measured and stored in it.
/// Files and errors: run_training().
void train_autoencoder(const TrainingRun& run, std::vector<TrainingVolume> training,
                       const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

}  // namespace voxprior
