#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "models/denoiser_file.h"
#include "models/gan/generator_file.h"
#include "models/latent_space.h"

namespace voxprior {

/// The networks of a cascade, as pipeline/cascade/cascade.h puts them to work.
struct LoadedCascade {
  LoadedDenoiser coarse;                  ///< kind diffusion
  std::vector<std::int64_t> coarse_size;  ///< {D, H, W} of the volumes, or latents, it makes
  /// For each level, coarse first: a worse network of its kind, for autoguidance; see told_denoiser().
  std::vector<std::optional<LoadedDenoiser>> weak;
  std::vector<LoadedDenoiser> octaves;      ///< kind detail, each at twice the resolution of the one before
  std::optional<LatentSpace> latent_space;  ///< if the coarse model makes latents: what decodes them; no octaves then
  std::optional<LoadedDenoiser> mask;       ///< kind diffusion, draws shares of the labels that the others are told
  std::vector<std::int64_t> mask_size;      ///< {D, H, W} of the masks it makes
  Conditioning conditioning;                ///< classes and labels that it can be told: a level hears all or some of it
  SpacingRange spacing;                     ///< voxel sizes that can come out; one, if the coarse level is not told any
  std::optional<GeneratorFile> generator;   ///< of a GAN: makes what else the coarse denoiser makes, of which then the
                                            ///< card and the hash alone are there
};

/// Reads a folder with coarse.safetensors, octave-1.safetensors, octave-2.safetensors ... as far as they go, and
/// mask.safetensors and, beside each level, coarse-weak.safetensors and so on if they are there; or with
/// coarse.safetensors and the autoencoder.safetensors whose latents it makes. Throws Error(ExitCode::model) when a file
/// is missing, damaged, of the wrong kind, or of another modality, intensity, classes, labels or voxel sizes than the
/// others, and for another autoencoder than the one the coarse model was trained with. `coarse_kind`: diffusion or gan.
LoadedCascade load_cascade(const std::filesystem::path& folder, torch::Device device = torch::kCPU,
                           torch::ScalarType body_type = torch::kFloat32, ModelKind coarse_kind = ModelKind::diffusion);

}  // namespace voxprior
