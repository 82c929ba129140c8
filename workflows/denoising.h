#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "io/volume.h"
#include "workflows/bridge_choices.h"
#include "workflows/cli/progress.h"
#include "workflows/denoise_model.h"
#include "workflows/noise_level.h"
#include "workflows/uncertainty.h"

namespace voxprior {

/// How to denoise a volume.
struct DenoiseChoices {
  std::filesystem::path volume_name;  ///< for messages
  NoiseChoice noise;
  BridgeChoices bridge;
  double memory_bytes = 0;  ///< limit for the whole process
  std::int64_t tile = 0;    ///< voxels along the side of a tile; 0: as large as memory allows
  double strength = 1;      ///< 0 to 1: the share of the noise that is to go; of a bridge where its path stops
  UncertaintyChoices uncertainty;
  bool force = false;  ///< denoise what does not look like the model's modality
};

/// A denoised volume and what there is to say about it.
struct Denoised {
  std::vector<float> voxels;  ///< on the grid and in the unit of the volume
  NoiseLevel noise;
  std::optional<double> structure;   ///< residual_structure() of the whole change (of a bridge, of what was changed);
                                     ///< nothing where nothing was done
  Uncertainty uncertainty;           ///< what was asked for
  std::vector<std::string> notices;  ///< what the user should know
  nlohmann::ordered_json record =
      nlohmann::ordered_json::object();  ///< model, device, noise, tiles: for the provenance
};

/// Estimates the noise unless it is known, and removes it with the model; to a bridge the estimate means nothing, but
/// it is told. A volume that is constant or has next to no noise comes back as it is, with a notice and without loading
/// the model.
Denoised denoise_volume(const Volume& volume, const DenoiseChoices& choices, ModelOnDemand& model,
                        ProgressDisplay& progress);

}  // namespace voxprior
