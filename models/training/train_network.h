#pragma once

#include <vector>

#include "models/training/training_loop.h"

namespace voxprior {

class Objective;

/// Trains a Unet of the configuration's kind: minimises `objective` over what the kind's source draws (patches, or
/// whole volumes or their latents for kind diffusion). Files and errors: run_training().
void train_with(Objective& objective, const TrainingRun& run, std::vector<TrainingVolume> training,
                const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

/// The same for the network as a denoiser, from random weights: models/training/denoising.h.
void train_network(const TrainingRun& run, std::vector<TrainingVolume> training,
                   const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

}  // namespace voxprior
