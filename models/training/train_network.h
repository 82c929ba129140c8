#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "models/training/config.h"
#include "models/training/progress.h"
#include "models/training/source.h"

namespace voxprior {

struct TrainingRun {
  TrainingConfig config;
  std::string recipe;  ///< the text of the configuration file; its hash goes into the model card
  std::filesystem::path out_folder;
  bool resume = false;
  torch::Device device = torch::kCPU;
};

class Objective;

/// Trains a Unet of the configuration's kind: minimises `objective` over what the kind's source draws (patches, or
/// whole volumes for kind diffusion).
///
/// Writes into out_folder, each file atomically:
///   checkpoint.safetensors  every checkpoint_minutes and at the end; `resume` goes on from it, on the CPU bit for bit
///   model.safetensors       the averaged (EMA) weights with their card, at the same times
///   metrics.jsonl           one line for each report
/// Throws Error(ExitCode::output) when out_folder holds a run and `resume` is not set, Error(ExitCode::model) when the
/// checkpoint does not fit the configuration or the data.
void train_with(Objective& objective, const TrainingRun& run, std::vector<TrainingVolume> training,
                const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

/// The same for the network as a denoiser, from random weights: models/training/denoising.h.
void train_network(const TrainingRun& run, std::vector<TrainingVolume> training,
                   const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

}  // namespace voxprior
