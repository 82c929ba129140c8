#pragma once

#include <string>

#include "models/kind.h"
#include "models/training/team_place.h"
#include "workflows/cli/progress.h"

namespace voxprior {

struct TrainOptions {
  ModelKind kind = ModelKind::denoiser;
  bool self_supervised = false;  ///< kind denoiser: the volumes that the configuration names are noisy scans
  bool distill = false;  ///< train a student of the teacher that the configuration names; its kind is the teacher's
  std::string config_file, out_folder;
  bool resume = false;
  std::string device = "auto";  ///< auto | cpu | cuda
  int threads = 1;
  TeamPlace team;  ///< where this process stands among those that train together
};

}  // namespace voxprior

/// Exported by the compute module: reads the configuration and the volumes it names, and trains. Throws Error.
extern "C" void voxprior_train(const voxprior::TrainOptions& options, voxprior::ProgressDisplay& progress);
