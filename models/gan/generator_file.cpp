#include "models/gan/generator_file.h"

#include "base/error.h"
#include "models/kind.h"
#include "models/weights/parameters.h"
#include "models/weights/safetensors.h"

namespace voxprior {
namespace {

constexpr const char* kWeightPrefix = "network.";
constexpr const char* kBandStd = "band_std";
constexpr std::int64_t kMostLevels = 6, kLargestSide = 4096;
constexpr std::int64_t kMostPositions = 32 * 32 * 32;  // of the coarsest level: each has learned features

std::string architecture_of(GanFamily family) { return std::string("haar-generator-") + name_of(family); }

GanFamily family_of(const ModelCard& card, const std::filesystem::path& path) {
  for (const GanFamily family : {GanFamily::r3gan, GanFamily::alpha_wgan_gp})
    if (card.kind == name_of(ModelKind::gan) && card.architecture == architecture_of(family)) return family;
  fail(ExitCode::model, path, ": is a '", card.kind, "' of architecture '", card.architecture,
       "'; wanted is the generator of a GAN");
}

GanWidths widths_in(const ModelCard& card, const std::filesystem::path& path) {
  GanWidths widths;
  widths.family = family_of(card, path);
  widths.channels = bounded_widths(card, "channels", 1024, path);
  widths.blocks = bounded_widths(card, "blocks", 16, path);
  widths.inner = bounded_widths(card, "inner", 4096, path);
  const std::vector<std::int64_t> latent = bounded_widths(card, "latent", 4096, path);
  widths.grid = bounded_widths(card, "grid", kLargestSide, path);
  const std::size_t levels = widths.channels.size();
  if (levels == 0 || levels > kMostLevels || widths.blocks.size() != levels || widths.inner.size() != levels ||
      latent.size() != 1)
    fail(ExitCode::model, path, ": 'channels', 'blocks' and 'inner' must have 1 to 6 entries each, 'latent' one");
  widths.latent = latent[0];
  const std::int64_t step = std::int64_t{1} << levels;
  bool fits = widths.grid.size() == 3;
  for (const std::int64_t side : widths.grid) fits = fits && side % step == 0;
  if (!fits) fail(ExitCode::model, path, ": model card: 'grid' is not three multiples of ", step);
  const std::vector<std::int64_t> coarsest = widths.coarsest();
  if (coarsest[0] * coarsest[1] * coarsest[2] > kMostPositions)
    fail(ExitCode::model, path, ": model card: 'grid' has too many voxels for ", levels, " levels");
  if (widths.latent > widths.grid[0] * widths.grid[1] * widths.grid[2])
    fail(ExitCode::model, path, ": model card: 'latent' is larger than the volumes that are made of it");
  widths.classes = static_cast<std::int64_t>(card.conditioning.classes.size());
  return widths;
}

}  // namespace

GeneratorFile read_generator(const std::filesystem::path& path, torch::Device device) {
  const SafetensorsFile file = read_safetensors(path);
  const ModelCard card = model_card_of(file.metadata, path);
  Generator network(widths_in(card, path));
  load_parameters(*network, kWeightPrefix, file.tensors, path.string());
  const auto band_std = file.tensors.find(kBandStd);
  if (band_std == file.tensors.end() || band_std->second.sizes() != network->band_std().sizes() ||
      band_std->second.scalar_type() != torch::kFloat32 || !(band_std->second > 0).all().item<bool>())
    fail(ExitCode::model, path, ": tensor '", kBandStd, "' must hold 8 positive float32 values");
  network->set_band_std(band_std->second);
  network->to(device);
  for (torch::Tensor& weights : network->parameters()) weights.requires_grad_(false);
  return {network, card, file.sha256};
}

void write_generator(const std::filesystem::path& path, const Generator& network, ModelCard card, Overwrite overwrite,
                     torch::ScalarType type) {
  const GanWidths& widths = network->widths();
  card.architecture = architecture_of(widths.family);
  card.widths["channels"] = widths.channels;
  card.widths["blocks"] = widths.blocks;
  card.widths["inner"] = widths.inner;
  card.widths["latent"] = {widths.latent};
  card.widths["grid"] = widths.grid;
  card.metrics["parameters"] = static_cast<double>(parameter_count(*network));
  SafetensorsFile file;
  store_parameters(*network, kWeightPrefix, file.tensors, type);
  file.tensors[kBandStd] = network->band_std().to(torch::kCPU).clone();
  file.metadata[kModelCardKey] = format_model_card(card);
  write_safetensors(path, file, overwrite);
}

}  // namespace voxprior
