#include "models/autoencoder_file.h"

#include "base/error.h"
#include "models/kind.h"
#include "models/weights/parameters.h"
#include "models/weights/safetensors.h"

namespace voxprior {
namespace {

constexpr const char* kArchitecture = "haar-autoencoder";
constexpr const char* kWeightPrefix = "network.";
constexpr const char* kScalePrefix = "scale.";

AutoencoderWidths widths_in(const ModelCard& card, const std::filesystem::path& path) {
  AutoencoderWidths widths;
  widths.channels = bounded_widths(card, "channels", 1024, path);
  widths.blocks = bounded_widths(card, "blocks", 16, path);
  const auto latents = bounded_widths(card, "latent_channels", AutoencoderWidths::kMostLatentChannels, path);
  if (widths.channels.empty() || widths.channels.size() > 4 || widths.blocks.size() != widths.channels.size() ||
      latents.size() != 1)
    fail(ExitCode::model, path, ": 'channels' and 'blocks' must have 1 to 4 entries each, 'latent_channels' one");
  widths.latent_channels = latents[0];
  return widths;
}

void load_scales(Autoencoder& network, const TensorMap& tensors, const std::filesystem::path& path) {
  const torch::NoGradGuard no_grad;
  for (auto& item : network->named_buffers()) {
    const std::string name = kScalePrefix + item.key();
    const auto found = tensors.find(name);
    if (found == tensors.end()) fail(ExitCode::model, path, ": tensor '", name, "' is missing");
    const torch::Tensor& scale = found->second;
    const bool is_std = item.key() != "latent_mean";
    if (scale.sizes() != item.value().sizes() || scale.scalar_type() != torch::kFloat32 ||
        !torch::isfinite(scale).all().item<bool>() || (is_std && !(scale > 0).all().item<bool>()))
      fail(ExitCode::model, path, ": tensor '", name, "' must hold ", item.value().numel(),
           is_std ? " positive float32 values" : " finite float32 values");
    item.value().copy_(scale);
  }
}

}  // namespace

AutoencoderFile read_autoencoder(const std::filesystem::path& path, torch::Device device) {
  const SafetensorsFile file = read_safetensors(path);
  const ModelCard card = model_card_of(file.metadata, path);
  if (card.kind != name_of(ModelKind::autoencoder) || card.architecture != kArchitecture)
    fail(ExitCode::model, path, ": is a '", card.kind, "' of architecture '", card.architecture,
         "'; wanted is an autoencoder of architecture '", kArchitecture, "'");

  Autoencoder network(widths_in(card, path));
  load_parameters(*network, kWeightPrefix, file.tensors, path.string());
  load_scales(network, file.tensors, path);
  network->to(device);
  for (torch::Tensor& weights : network->parameters()) weights.requires_grad_(false);
  return {network, card, file.sha256};
}

void write_autoencoder(const std::filesystem::path& path, const Autoencoder& network, ModelCard card,
                       Overwrite overwrite) {
  const AutoencoderWidths& widths = network->widths();
  card.architecture = kArchitecture;
  card.widths["channels"] = widths.channels;
  card.widths["blocks"] = widths.blocks;
  card.widths["latent_channels"] = {widths.latent_channels};
  SafetensorsFile file;
  store_parameters(*network, kWeightPrefix, file.tensors);
  for (const auto& item : network->named_buffers())
    file.tensors[kScalePrefix + item.key()] = item.value().to(torch::kCPU).clone();
  file.metadata[kModelCardKey] = format_model_card(card);
  write_safetensors(path, file, overwrite);
}

}  // namespace voxprior
