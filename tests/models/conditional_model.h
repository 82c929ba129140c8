#pragma once

#include <filesystem>
#include <string>

#include "models/network_file.h"

namespace voxprior::test {

/// Writes a small network with random weights that was trained, as its card says, to be told `conditioning`, and
/// to draw these labels or, if there are none, images. Another seed gives another network.
inline void write_conditional_model(const std::filesystem::path& path, ModelKind kind, const Conditioning& conditioning,
                                    const Labels& draws = {}, std::uint64_t seed = 1) {
  ModelCard card;
  card.name = "test";
  card.kind = name_of(kind);
  card.conditioning = conditioning;
  card.sigma_min = 0.01;
  card.sigma_max = kind == ModelKind::diffusion ? 40 : 1;
  card.intensity = draws.empty() ? "mr-p99.5" : "label-shares";
  card.draws = draws;
  card.modality = "mr";
  card.voxel_min_mm = card.voxel_max_mm = kind == ModelKind::diffusion ? 4 : 2;
  card.training_data = "nothing";
  card.licence = "Apache-2.0";
  card.recipe_sha256 = std::string(64, '0');
  card.program_version = "0.0.0";
  if (kind == ModelKind::diffusion) card.widths["grid"] = {8, 16, 12};

  UnetWidths widths{{8, 16}, {1, 1}, 8};
  if (kind == ModelKind::diffusion) widths.heads = 2, widths.extra_features = 3;
  torch::manual_seed(seed);
  Unet network(widened(widths, conditioning, draws));
  const torch::NoGradGuard no_grad;
  for (auto& p : network->parameters()) p.normal_(0, 0.3);
  const LowBand low = kind == ModelKind::detail ? LowBand::given : LowBand::noisy;
  write_network(path, network, HaarPreconditioner(torch::full({network->widths().image_channels * 9}, 0.5f), low), card,
                Overwrite::yes);
}

}  // namespace voxprior::test
