#pragma once

#include <vector>

#include "models/gan/widths.h"
#include "models/training/training_loop.h"

namespace voxprior {

/// Trains a generator of whole volumes against a critic (kind gan, either family of models/gan/widths.h) from random
/// weights. The generator has about as many parameters as the Unet of kind diffusion with the same channels and blocks.
/// What the loop calls the network is the generator, with its encoder if it has one; critics are updated before each of
/// its steps. Files and errors: run_training().
void train_gan(const TrainingRun& run, std::vector<TrainingVolume> training,
               const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

/// The widths of the generator of a configuration, for volumes of this grid {D, H, W} and so many classes.
GanWidths gan_widths(const TrainingConfig& config, const std::vector<std::int64_t>& grid, std::int64_t classes);

}  // namespace voxprior
