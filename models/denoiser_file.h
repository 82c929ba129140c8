#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "models/condition.h"
#include "models/kind.h"
#include "models/weights/model_card.h"
#include "pipeline/core/denoiser.h"
#include "pipeline/likelihood/monotone_schedule.h"
#include "pipeline/samplers/band_errors.h"
#include "pipeline/tiling/locality.h"

namespace voxprior {

/// A trained denoiser, ready to use.
struct LoadedDenoiser {
  Denoiser
      denoise;  ///< x [N,1,D,H,W] normalised (or a latent [N,C,d,h,w]), every axis a multiple of locality.alignment;
                ///< result on x's device. Differentiable in x; least memory under a NoGradGuard
  /// The same of a network that was trained to be told something; `condition` of one sample holds for all of x.
  std::function<torch::Tensor(const torch::Tensor& x, double sigma, const Condition& condition)> conditional;
  ModelCard card;
  std::string sha256;                        ///< of the model file
  Locality locality;                         ///< receptive field and grid of the network, for exact tiling
  double bytes_per_voxel = 0;                ///< peak working memory of one evaluation per voxel, measured
  std::optional<MonotoneSchedule> schedule;  ///< if it was trained with a learned noise schedule
  std::optional<BandErrors> band_errors;     ///< of the reverse steps; what the Wiener filter leaves, if not learned.
                                             ///< None of a network on latents or a bridge
  bool variance_learned = false;
};

/// Reads a model file of this kind. Executes nothing from it. `body_type`: see models/precision.h. A network of kind
/// diffusion sees all of its volume: it has no halo to be tiled with. Of a distilled network (card.distilled) `denoise`
/// is the consistency function f, which only sample_consistency() may be given; of a bridge it is the predictor
/// f(x, share) of pipeline/bridge/predictor.h.
/// Throws Error(ExitCode::model) when it is missing, damaged, of another kind or of another architecture.
LoadedDenoiser load_denoiser(const std::filesystem::path& path, torch::Device device = torch::kCPU,
                             torch::ScalarType body_type = torch::kFloat32, ModelKind kind = ModelKind::denoiser);

}  // namespace voxprior
