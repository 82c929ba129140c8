#include "models/denoiser_file.h"

#include <memory>
#include <utility>

#include "base/error.h"
#include "models/weights/parameters.h"
#include "models/weights/safetensors.h"

namespace voxprior {
namespace {

constexpr const char* kArchitecture = "haar-local-unet";
constexpr const char* kWeightPrefix = "network.";

// A setting that sizes memory: bounded, so that a forged card cannot ask for more than any real model needs.
std::vector<std::int64_t> bounded(const ModelCard& card, const std::string& key, std::int64_t most,
                                  const std::filesystem::path& path) {
  const std::vector<std::int64_t> values = widths_of(card, key, path);
  for (const std::int64_t value : values)
    if (value < 1 || value > most)
      fail(ExitCode::model, path.string(), ": architecture setting '", key, "' is ", value, ", allowed is 1 to ", most);
  return values;
}

LocalUnetWidths unet_widths(const ModelCard& card, const std::filesystem::path& path) {
  LocalUnetWidths widths;
  widths.channels = bounded(card, "channels", 1024, path);
  widths.blocks = bounded(card, "blocks", 16, path);
  const std::vector<std::int64_t> embedding = bounded(card, "embedding", 1024, path);
  if (widths.channels.empty() || widths.channels.size() > 6 || widths.blocks.size() != widths.channels.size() ||
      embedding.size() != 1)
    fail(ExitCode::model, path.string(), ": 'channels' and 'blocks' must have 1 to 6 entries each, 'embedding' one");
  widths.embedding = embedding[0];
  return widths;
}

torch::Tensor feature_std_of(const SafetensorsFile& file, const std::filesystem::path& path) {
  const auto found = file.tensors.find("feature_std");
  if (found == file.tensors.end() || found->second.numel() != HaarPreconditioner::kFeatures ||
      found->second.scalar_type() != torch::kFloat32 || !(found->second > 0).all().item<bool>())
    fail(ExitCode::model, path.string(), ": tensor 'feature_std' must hold 9 positive float32 values");
  return found->second;
}

}  // namespace

LoadedDenoiser load_denoiser(const std::filesystem::path& path, torch::Device device, torch::ScalarType body_type) {
  const SafetensorsFile file = read_safetensors(path);
  LoadedDenoiser loaded;
  loaded.card = model_card_of(file.metadata, path);
  loaded.sha256 = file.sha256;
  if (loaded.card.kind != "denoiser" || loaded.card.architecture != kArchitecture)
    fail(ExitCode::model, path.string(), ": is a '", loaded.card.kind, "' of architecture '", loaded.card.architecture,
         "'; this version reads denoisers of architecture '", kArchitecture, "'");

  const LocalUnetWidths widths = unet_widths(loaded.card, path);
  LocalUnet network(widths);
  load_parameters(*network, kWeightPrefix, file.tensors, path.string());
  network->to(device);
  network->eval();
  const HaarPreconditioner preconditioner(feature_std_of(file, path).to(device));

  loaded.locality = {widths.halo(), widths.alignment()};
  // Level 0 rules. Measured: 5.1 tensors of its width at an eighth of the voxels, convolution workspace included.
  loaded.bytes_per_voxel = 6. * static_cast<double>(widths.channels[0]) * sizeof(float) / 8;
  loaded.denoise = [network, preconditioner, body_type](const torch::Tensor& x, double sigma) mutable {
    const torch::NoGradGuard no_grad;
    return preconditioner.denoise(network, x, torch::full({x.size(0)}, sigma, x.options()), body_type);
  };
  return loaded;
}

void write_denoiser(const std::filesystem::path& path, const LocalUnet& network,
                    const HaarPreconditioner& preconditioner, ModelCard card, Overwrite overwrite) {
  card.architecture = kArchitecture;
  const LocalUnetWidths& widths = network->widths();
  card.widths = {{"channels", widths.channels}, {"blocks", widths.blocks}, {"embedding", {widths.embedding}}};
  SafetensorsFile file;
  store_parameters(*network, kWeightPrefix, file.tensors);
  file.tensors["feature_std"] = preconditioner.feature_std().to(torch::kCPU);
  file.metadata[kModelCardKey] = format_model_card(card);
  write_safetensors(path, file, overwrite);
}

}  // namespace voxprior
