#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>

#include "base/atomic_file.h"
#include "models/network/autoencoder.h"
#include "models/weights/model_card.h"

namespace voxprior {

/// A trained autoencoder, as its file holds it. Its weights take no gradient; its input may.
struct AutoencoderFile {
  Autoencoder network{nullptr};
  ModelCard card;
  std::string sha256;  ///< of the file
};

/// Reads a file written by write_autoencoder(): weights and all four scales, without which latents have no unit.
/// Executes nothing from it. Throws Error(ExitCode::model) when it is missing, damaged or of another kind.
AutoencoderFile read_autoencoder(const std::filesystem::path& path, torch::Device device = torch::kCPU);

/// Writes weights, scales and card as safetensors. `card.architecture` and the widths are filled in from the network.
void write_autoencoder(const std::filesystem::path& path, const Autoencoder& network, ModelCard card,
                       Overwrite overwrite);

}  // namespace voxprior
