#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/atomic_file.h"
#include "models/network/local_unet.h"
#include "models/precondition.h"
#include "models/weights/model_card.h"
#include "pipeline/core/denoiser.h"
#include "pipeline/tiling/locality.h"

namespace voxprior {

/// A trained denoiser, ready to use.
struct LoadedDenoiser {
  Denoiser denoise;  ///< x [N,1,D,H,W] normalised, every axis a multiple of locality.alignment; result on x's device
  ModelCard card;
  std::string sha256;          ///< of the model file
  Locality locality;           ///< receptive field and grid of the network, for exact tiling
  double bytes_per_voxel = 0;  ///< peak working memory of one evaluation per voxel, measured
};

/// Reads a model file written by write_denoiser. Executes nothing from it. `body_type`: see models/precision.h.
/// Throws Error(ExitCode::model) when it is missing, damaged, no denoiser or of another architecture.
LoadedDenoiser load_denoiser(const std::filesystem::path& path, torch::Device device = torch::kCPU,
                             torch::ScalarType body_type = torch::kFloat32);

/// Writes weights and card as safetensors. `card.architecture` is filled in from the network.
void write_denoiser(const std::filesystem::path& path, const LocalUnet& network,
                    const HaarPreconditioner& preconditioner, ModelCard card, Overwrite overwrite);

}  // namespace voxprior
