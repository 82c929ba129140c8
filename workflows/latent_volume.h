#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "io/volume.h"
#include "workflows/compute/synth_session.h"

namespace voxprior {

/// A latent as a volume to be written: float32 on the model's grid.
Volume latent_volume(const SynthFacts& model, std::vector<float> latent);

/// A latent that `encode` wrote.
struct StoredLatent {
  std::vector<float> latent;
  double scale = 0;  ///< of the scan that it came from: its value for a normalised 1
};

/// Reads a latent with its sidecar. Throws Error(ExitCode::input) when the sidecar is missing or says that it was made
/// with other settings than `settings`: with those it would decode to another volume.
StoredLatent read_latent(const std::filesystem::path& path, const SynthFacts& model,
                         const nlohmann::ordered_json& settings);

}  // namespace voxprior
