// write_random_model FILE FOLDER BRIDGE: a small denoiser, a small synthesis model and a small bridge with random
// weights, for tests that need any model at all. Small weights keep them near the Wiener filter that an untrained
// network is, so their results stay in the range of their inputs.
#include <torch/types.h>

#include <filesystem>
#include <optional>

#include "models/network_file.h"

namespace voxprior {
namespace {

ModelCard card_of(ModelKind kind) {
  ModelCard card;
  card.name = "random";
  card.kind = name_of(kind);
  card.sigma_min = 0.01;
  card.sigma_max = kind == ModelKind::diffusion ? 20 : 0.5;
  card.intensity = "mr-p99.5";
  card.modality = "mr";
  card.voxel_min_mm = 0.8;
  card.voxel_max_mm = 2;
  if (kind == ModelKind::diffusion) {
    card.voxel_min_mm = card.voxel_max_mm = 4;
    card.widths["grid"] = {12, 16, 12};  // D, H, W
  }
  card.training_data = "nothing";
  card.licence = "Apache-2.0";
  card.recipe_sha256 = std::string(64, '0');
  card.program_version = "0.0.0";
  return card;
}

void write_random(const std::filesystem::path& path, ModelKind kind, const std::optional<SamplingAdvice>& advice = {}) {
  torch::manual_seed(0);
  UnetWidths widths{{8, 16}, {1, 1}, 8};
  if (kind == ModelKind::diffusion) {
    widths.heads = 2;
    widths.extra_features = 3;
  }
  Unet network(widths);
  for (auto& weights : network->parameters()) weights.normal_(0, 0.05);
  const LowBand low = kind == ModelKind::detail ? LowBand::given : LowBand::noisy;
  const bool bridge = kind == ModelKind::bridge;
  const torch::Tensor noise_std = bridge ? torch::full({HaarPreconditioner::kFeatures}, 0.09) : torch::Tensor();
  const HaarPreconditioner preconditioner(torch::linspace(1, 0.02, HaarPreconditioner::kFeatures), low, 0, noise_std);
  ModelCard card = card_of(kind);
  if (bridge) card.bridge = BridgeAdvice{"drift-implied", 3, 0.02};
  card.sampling = advice;
  write_network(path, network, preconditioner, card, Overwrite::yes);
}

}  // namespace
}  // namespace voxprior

int main(int, char** argv) {
  using namespace voxprior;
  const torch::NoGradGuard no_grad;
  const std::filesystem::path folder = argv[2];
  std::filesystem::create_directories(folder);
  write_random(argv[1], ModelKind::denoiser);
  write_random(argv[3], ModelKind::bridge);
  write_random(folder / "coarse.safetensors", ModelKind::diffusion);
  write_random(folder / "octave-1.safetensors", ModelKind::detail);
  write_random(folder / "octave-2.safetensors", ModelKind::detail, SamplingAdvice{"euler", 3, 0.05});
  return 0;
}
