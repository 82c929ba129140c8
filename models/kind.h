#pragma once

#include <string>

namespace voxprior {

/// What a network was trained to do, and the word for it in a model card. Each is a denoiser D(x, sigma).
enum class ModelKind {
  denoiser,   ///< local, noise on every band: for scans
  detail,     ///< local, the low band given: makes the detail of one octave of a cascade
  diffusion,  ///< whole volumes on one grid, up to noise that hides them: for synthesis
};

inline const char* name_of(ModelKind kind) {
  switch (kind) {
    case ModelKind::denoiser:
      return "denoiser";
    case ModelKind::detail:
      return "detail";
    case ModelKind::diffusion:
      return "diffusion";
  }
  return "";
}

}  // namespace voxprior
