#include "models/network_file.h"

#include <utility>

#include "base/error.h"
#include "models/beside_network.h"
#include "models/network/mask_features.h"
#include "models/network/position.h"
#include "models/weights/parameters.h"
#include "models/weights/safetensors.h"

namespace voxprior {
namespace {

constexpr const char* kLocal = "haar-local-unet";
constexpr const char* kGlobal = "haar-attention-unet";
constexpr const char* kWeightPrefix = "network.";

const char* architecture_of(ModelKind kind) { return kind == ModelKind::diffusion ? kGlobal : kLocal; }

UnetWidths unet_widths(const ModelCard& card, ModelKind kind, const std::filesystem::path& path) {
  UnetWidths widths;
  widths.channels = bounded_widths(card, "channels", 1024, path);
  widths.blocks = bounded_widths(card, "blocks", 16, path);
  const std::vector<std::int64_t> embedding = bounded_widths(card, "embedding", 1024, path);
  if (widths.channels.empty() || widths.channels.size() > 6 || widths.blocks.size() != widths.channels.size() ||
      embedding.size() != 1)
    fail(ExitCode::model, path.string(), ": 'channels' and 'blocks' must have 1 to 6 entries each, 'embedding' one");
  widths.embedding = embedding[0];
  if (card.widths.count("image_channels") > 0) {  // a network on volumes has no such entry
    const std::vector<std::int64_t> image_channels =
        bounded_widths(card, "image_channels", static_cast<std::int64_t>(kMostLabels) + 1, path);
    if (image_channels.size() != 1) fail(ExitCode::model, path.string(), ": 'image_channels' must have one entry");
    widths.image_channels = image_channels[0];
  }
  if (kind == ModelKind::diffusion) {
    widths.heads = bounded_widths(card, "heads", 64, path).at(0);
    widths.extra_features = kPositionFeatures;
    widths.shifts = card.widths.count("shifts") > 0;  // networks of before have no such entry
    if (widths.channels.back() % widths.heads != 0)
      fail(ExitCode::model, path.string(), ": 'heads' does not divide the last of 'channels'");
  }
  return widened(widths, card.conditioning, card.draws);
}

/// `name` is feature_std, or noise_std of a bridge.
torch::Tensor positive_values(const SafetensorsFile& file, const char* name, std::int64_t count,
                              const std::filesystem::path& path) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end() || found->second.numel() != count || found->second.scalar_type() != torch::kFloat32 ||
      !(found->second > 0).all().item<bool>())
    fail(ExitCode::model, path.string(), ": tensor '", name, "' must hold ", count, " positive float32 values");
  return found->second;
}

/// The mean volume of a network that has one.
torch::Tensor mean_in(const SafetensorsFile& file, const ModelCard& card, std::int64_t channels,
                      const std::filesystem::path& path) {
  const auto found = file.tensors.find("mean");
  if (found == file.tensors.end()) return {};
  const torch::Tensor& mean = found->second;
  const auto grid = card.widths.find("grid");
  std::vector<std::int64_t> shape{channels};
  if (grid != card.widths.end()) shape.insert(shape.end(), grid->second.begin(), grid->second.end());
  if (shape.size() != 4 || mean.sizes() != shape || mean.scalar_type() != torch::kFloat32 ||
      !torch::isfinite(mean).all().item<bool>())
    fail(ExitCode::model, path.string(), ": tensor 'mean' must be a float32 volume on the grid of the model card");
  return mean;
}

}  // namespace

UnetWidths widened(UnetWidths widths, const Conditioning& conditioning, const Labels& draws) {
  widths.classes = static_cast<std::int64_t>(conditioning.classes.size());
  if (!draws.empty()) widths.image_channels = static_cast<std::int64_t>(draws.size()) + 1;
  widths.spacing = conditioning.spacing.has_value();
  widths.extra_features += mask_feature_count(conditioning.labels.size());
  return widths;
}

NetworkFile read_network(const std::filesystem::path& path, ModelKind kind, torch::Device device) {
  const SafetensorsFile file = read_safetensors(path);
  const ModelCard card = model_card_of(file.metadata, path);
  if (card.kind != name_of(kind) || card.architecture != architecture_of(kind))
    fail(ExitCode::model, path.string(), ": is a '", card.kind, "' of architecture '", card.architecture,
         "'; wanted is a ", name_of(kind), " of architecture '", architecture_of(kind), "'");

  Unet network(unet_widths(card, kind, path));
  load_parameters(*network, kWeightPrefix, file.tensors, path.string());
  network->to(device);
  for (torch::Tensor& weights : network->parameters()) weights.requires_grad_(false);
  const std::int64_t features = HaarPreconditioner::kFeatures * network->widths().image_channels;
  const double boundary = card.distilled ? card.sigma_min : 0;
  torch::Tensor noise_std;
  if (kind == ModelKind::bridge) noise_std = positive_values(file, "noise_std", features, path).to(device);
  const torch::Tensor feature_std = positive_values(file, "feature_std", features, path).to(device);
  const torch::Tensor mean = mean_in(file, card, network->widths().image_channels, path);
  NetworkFile result{
      network,
      HaarPreconditioner(feature_std, low_band_of(kind), boundary, noise_std, mean.defined() ? mean.to(device) : mean),
      card,
      file.sha256,
      {},
      {}};
  result.schedule = schedule_in(file.tensors, card, path);
  result.band_errors = band_errors_in(file.tensors, card, result.preconditioner, path);
  return result;
}

void write_network(const std::filesystem::path& path, const Unet& network, const HaarPreconditioner& preconditioner,
                   ModelCard card, Overwrite overwrite, const TensorMap& more, torch::ScalarType type) {
  TORCH_CHECK(preconditioner.boundary() == (card.distilled ? card.sigma_min : 0),
              "a distilled network is a consistency function from sigma_min up, any other a denoiser");
  const UnetWidths& widths = network->widths();
  card.architecture = widths.local() ? kLocal : kGlobal;
  card.widths["channels"] = widths.channels;
  card.widths["blocks"] = widths.blocks;
  card.widths["embedding"] = {widths.embedding};
  if (!widths.local()) card.widths["heads"] = {widths.heads};
  if (widths.shifts) card.widths["shifts"] = {1};
  if (widths.image_channels > 1) card.widths["image_channels"] = {widths.image_channels};
  SafetensorsFile file;
  file.tensors = more;
  store_parameters(*network, kWeightPrefix, file.tensors, type);
  file.tensors["feature_std"] = preconditioner.feature_std().to(torch::kCPU);
  if (preconditioner.noise_std().defined()) file.tensors["noise_std"] = preconditioner.noise_std().to(torch::kCPU);
  if (preconditioner.mean().defined()) file.tensors["mean"] = preconditioner.mean().to(torch::kCPU);
  file.metadata[kModelCardKey] = format_model_card(card);
  write_safetensors(path, file, overwrite);
}

torch::Tensor denoise_with(Unet& network, const HaarPreconditioner& preconditioner, const torch::Tensor& x,
                           const torch::Tensor& sigma, torch::ScalarType body_type, const Condition& condition) {
  std::vector<torch::Tensor> features;
  if (!network->widths().local())
    features.push_back(position_features(x.size(0), x.size(2) / 2, x.size(3) / 2, x.size(4) / 2, x.options()));
  if (const std::int64_t channels = network->widths().mask_channels(); channels > 0) {
    const std::vector<std::int64_t> shape{x.size(0), channels, x.size(2), x.size(3), x.size(4)};
    features.push_back(
        mask_features(condition.mask.defined() ? condition.mask.expand(shape) : torch::zeros(shape, x.options())));
  }
  return preconditioner.denoise(network, x, sigma, body_type,
                                features.empty() ? torch::Tensor() : torch::cat(features, 1), condition);
}

}  // namespace voxprior
