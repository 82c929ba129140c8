#pragma once

#include <string>

namespace voxprior {

/// What a network was trained to do, and the word for it in a model card. The first three are denoisers D(x, sigma).
enum class ModelKind {
  denoiser,     ///< local, noise on every band: for scans
  detail,       ///< local, the low band given: makes the detail of one octave of a cascade
  diffusion,    ///< whole volumes (or their latents) on one grid, up to noise that hides them: for synthesis
  autoencoder,  ///< to a latent space and back
  bridge,       ///< local, from scans to the clean volumes of their pairs: pipeline/bridge/
  gan,          ///< whole volumes on one grid, in one network call: models/gan/
};

/// Whether the network sees whole volumes of one grid, not patches.
inline bool sees_whole_volumes(ModelKind kind) { return kind == ModelKind::diffusion || kind == ModelKind::gan; }

inline const char* name_of(ModelKind kind) {
  switch (kind) {
    case ModelKind::denoiser:
      return "denoiser";
    case ModelKind::detail:
      return "detail";
    case ModelKind::diffusion:
      return "diffusion";
    case ModelKind::autoencoder:
      return "autoencoder";
    case ModelKind::bridge:
      return "bridge";
    case ModelKind::gan:
      return "gan";
  }
  return "";
}

}  // namespace voxprior
