#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>

#include "base/atomic_file.h"
#include "models/gan/generator.h"
#include "models/weights/model_card.h"

namespace voxprior {

/// A trained generator, as its file holds it. Its weights take no gradient; its input may.
struct GeneratorFile {
  Generator network{nullptr};
  ModelCard card;
  std::string sha256;  ///< of the file
};

/// Reads a file written by write_generator(). Executes nothing from it. Throws Error(ExitCode::model) when it is
/// missing, damaged or of another kind.
GeneratorFile read_generator(const std::filesystem::path& path, torch::Device device = torch::kCPU);

/// Writes weights and card as safetensors. `card.architecture`, the widths and the number of parameters (among the
/// metrics) are filled in from the network. `type` is that of the weights: float16 rounds them by up to 1/2048.
void write_generator(const std::filesystem::path& path, const Generator& network, ModelCard card, Overwrite overwrite,
                     torch::ScalarType type = torch::kFloat32);

}  // namespace voxprior
