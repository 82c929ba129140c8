#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/autoencoder_file.h"
#include "pipeline/core/progress.h"
#include "pipeline/tiling/tile_plan.h"

namespace voxprior {

/// The mean of an autoencoder's posterior, in its own unit, computed in tiles: x [N,1,D,H,W] in main memory, axes
/// multiples of the factor -> [N,latent_channels,d,h,w]. The tiles keep to about a gigabyte beside the volume.
torch::Tensor posterior_mean_in_tiles(Autoencoder& network, const torch::Tensor& x);

/// The latent space of a trained autoencoder: between normalised volumes and latents of mean 0 and standard deviation 1
/// per channel over the autoencoder's training set. Volumes lie in main memory and go through the network tile by tile,
/// which changes nothing (see pipeline/tiling/tiled.h).
class LatentSpace {
 public:
  /// Throws Error(ExitCode::model), see read_autoencoder().
  explicit LatentSpace(const std::filesystem::path& file, torch::Device device = torch::kCPU);

  /// x [N,1,D,H,W], axes multiples of factor() -> [N,channels(),D/factor(),...].
  torch::Tensor encode(const torch::Tensor& x) const;

  /// z [N,channels(),d,h,w] -> [N,1,factor() d,...]. Throws Error(ExitCode::resources) when even the smallest tile does
  /// not fit in `memory_bytes`.
  torch::Tensor decode(const torch::Tensor& z, double memory_bytes, const Progress& progress = {}) const;

  /// How a latent of this size {d, h, w} will be decoded; what decode() throws for too little memory is thrown here.
  TilePlan plan_decoding(const std::vector<std::int64_t>& latent_size, double memory_bytes) const;

  std::int64_t factor() const { return file_.network->widths().factor(); }
  std::int64_t channels() const { return file_.network->widths().latent_channels; }
  const ModelCard& card() const { return file_.card; }
  const std::string& sha256() const { return file_.sha256; }

 private:
  AutoencoderFile file_;
};

}  // namespace voxprior
