#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "models/training/config.h"
#include "models/training/patches.h"
#include "models/training/progress.h"

namespace voxprior {

struct DenoiserTrainingRun {
  DenoiserTrainingConfig config;
  std::string recipe;  ///< the text of the configuration file; its hash goes into the model card
  std::filesystem::path out_folder;
  bool resume = false;
  torch::Device device = torch::kCPU;
};

/// Trains LocalUnet as a denoiser: minimises E |D(x + sigma n, sigma) - x|^2 / Wiener risk(sigma) over patches.
///
/// Writes into out_folder, each file atomically:
///   checkpoint.safetensors  every checkpoint_minutes and at the end; `resume` continues from it, bit for bit on the
///   CPU model.safetensors       the averaged (EMA) weights with their card, at the same times metrics.jsonl one line
///   for each report
/// Throws Error(ExitCode::output) when out_folder holds a run and `resume` is not set, Error(ExitCode::model) when the
/// checkpoint does not fit the configuration or the data.
void train_denoiser(const DenoiserTrainingRun& run, std::vector<TrainingVolume> training,
                    const std::vector<TrainingVolume>& validation, const TrainingObserver& observer);

}  // namespace voxprior
