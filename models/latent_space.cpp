#include "models/latent_space.h"

#include "pipeline/tiling/tiled.h"

namespace voxprior {
namespace {

constexpr double kEncodingBytes = 1e9;

// Level 0 rules, as in the denoiser: six tensors of its width at an eighth of the voxels.
double bytes_per_voxel(const AutoencoderWidths& widths) {
  return 6. * static_cast<double>(widths.channels[0]) * sizeof(float) / 8;
}

torch::Tensor encode_in_tiles(Autoencoder& network, const torch::Tensor& x,
                              const std::function<torch::Tensor(const torch::Tensor&)>& encode) {
  const AutoencoderWidths& widths = network->widths();
  const torch::Device device = network->parameters()[0].device();
  const Extent size{x.size(2), x.size(3), x.size(4)};
  const double volumes = 2. * sizeof(float) * static_cast<double>(voxel_count(size));
  const TilePlan plan =
      plan_tiles(size, {widths.encoder_halo(), widths.factor()}, bytes_per_voxel(widths), volumes + kEncodingBytes);
  const auto on_device = [&](const torch::Tensor& tile) { return encode(tile.to(device)).to(torch::kCPU); };
  return evaluate_in_tiles(on_device, x, plan, {1, widths.factor()});
}

}  // namespace

torch::Tensor posterior_mean_in_tiles(Autoencoder& network, const torch::Tensor& x) {
  return encode_in_tiles(network, x, [&](const torch::Tensor& tile) { return network->posterior(tile).mean; });
}

LatentSpace::LatentSpace(const std::filesystem::path& file, torch::Device device)
    : file_(read_autoencoder(file, device)) {}

torch::Tensor LatentSpace::encode(const torch::Tensor& x) const {
  Autoencoder network = file_.network;
  return encode_in_tiles(network, x, [&](const torch::Tensor& tile) { return network->encode(tile); });
}

TilePlan LatentSpace::plan_decoding(const std::vector<std::int64_t>& latent_size, double memory_bytes) const {
  const AutoencoderWidths& widths = file_.network->widths();
  const Extent size{latent_size[0] * factor(), latent_size[1] * factor(), latent_size[2] * factor()};
  return plan_tiles(size, {widths.decoder_halo(), widths.factor()}, bytes_per_voxel(widths), memory_bytes);
}

torch::Tensor LatentSpace::decode(const torch::Tensor& z, double memory_bytes, const Progress& progress) const {
  Autoencoder network = file_.network;
  const torch::Device device = network->parameters()[0].device();
  const auto on_device = [&](const torch::Tensor& tile) { return network->decode(tile.to(device)).to(torch::kCPU); };
  const TilePlan plan = plan_decoding({z.size(2), z.size(3), z.size(4)}, memory_bytes);
  return evaluate_in_tiles(on_device, z, plan, {factor(), 1}, progress);
}

}  // namespace voxprior
