// write_random_model FILE: a small denoiser with random weights, for tests that need any model at all. Small weights
// keep it near the Wiener filter that an untrained network is, so its results stay in the range of its inputs.
#include <torch/types.h>

#include "models/network_file.h"

int main(int, char** argv) {
  using namespace voxprior;
  torch::manual_seed(0);
  const torch::NoGradGuard no_grad;
  Unet network(UnetWidths{{8, 16}, {1, 1}, 8});
  for (auto& weights : network->parameters()) weights.normal_(0, 0.05);

  ModelCard card;
  card.name = "random";
  card.sigma_min = 0.01;
  card.sigma_max = 0.5;
  card.intensity = "mr-p99.5";
  card.modality = "mr";
  card.voxel_min_mm = 0.8;
  card.voxel_max_mm = 2;
  card.training_data = "nothing";
  card.licence = "Apache-2.0";
  card.recipe_sha256 = std::string(64, '0');
  card.program_version = "0.0.0";
  write_network(argv[1], network, HaarPreconditioner{torch::linspace(1, 0.02, HaarPreconditioner::kFeatures)}, card,
                 Overwrite::yes);
  return 0;
}
