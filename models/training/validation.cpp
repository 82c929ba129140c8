#include "models/training/validation.h"

#include <algorithm>
#include <cmath>

#include "models/label_shares.h"
#include "models/network_file.h"
#include "models/training/conditions.h"
#include "pipeline/noise/random.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
std::vector<double> validation_sigmas(ModelKind kind) {
  switch (kind) {
    case ModelKind::denoiser:
      return {0.03, 0.05, 0.09, 0.15};
    case ModelKind::detail:
      return {0.02, 0.05, 0.15, 1};
    case ModelKind::diffusion:
      return {0.1, 0.3, 1, 3};
    case ModelKind::bridge:
      return {0.03, 0.09};
    case ModelKind::autoencoder:
    case ModelKind::gan:
      return {};
  }
  return {};
}

std::int64_t validation_crop(const TrainingConfig& config) {
  return sees_whole_volumes(config.kind) ? INT64_MAX : config.training.validation_crop;
}

torch::Tensor central_crop(torch::Tensor x, std::int64_t crop, std::int64_t alignment) {
  for (std::int64_t axis = 0; axis < 3; ++axis) {
    const std::int64_t side = std::min(crop, x.size(axis)) / alignment * alignment;
    x = x.narrow(axis, (x.size(axis) - side) / 2, side);
  }
  return x.contiguous();
}

double psnr(const torch::Tensor& clean, const torch::Tensor& estimate) {
  return -10 * std::log10((clean - estimate).to(torch::kFloat64).square().mean().item<double>());
}

double psnr_in_foreground(const torch::Tensor& clean, const torch::Tensor& estimate) {
  const torch::Tensor mask = clean > 0.02;
  return psnr(clean.masked_select(mask), estimate.masked_select(mask));
}

torch::Tensor validation_noisy(ModelKind kind, const torch::Tensor& clean, double sigma, std::uint64_t number) {
  torch::Tensor noise = torch::empty_like(clean);
  fill_gaussian(noise.data_ptr<float>(), static_cast<std::size_t>(noise.numel()), 0, number);
  const torch::Tensor noisy = with_channel(clean + sigma * noise).unsqueeze(0);
  if (kind != ModelKind::detail) return noisy;
  return with_block_means(noisy, torch::avg_pool3d(with_channel(clean).unsqueeze(0), 2));
}

std::vector<ValidationScore> validate(ModelKind kind, Unet& network, const HaarPreconditioner& preconditioner,
                                      const std::vector<TrainingVolume>& volumes, std::int64_t crop,
                                      const Conditioning& conditioning) {
  const torch::NoGradGuard no_grad;
  const torch::Device device = network->parameters()[0].device();
  std::vector<ValidationScore> scores;
  for (std::size_t v = 0; v < volumes.size(); ++v) {
    TrainingVolume cropped = volumes[v];
    const bool latent = cropped.voxels.dim() == 4;
    if (!latent) cropped.voxels = central_crop(cropped.voxels, crop, network->widths().alignment());
    if (cropped.label_map.defined())
      cropped.label_map = central_crop(cropped.label_map, crop, network->widths().alignment());
    if (cropped.voxels.numel() == 0) continue;
    const auto labels = static_cast<std::size_t>(latent ? 0 : network->widths().image_channels - 1);
    const torch::Tensor clean = labels == 0 ? cropped.voxels : label_shares(cropped.label_map, labels);
    const Condition condition = condition_of(cropped, conditioning).to(device);
    for (const double sigma : validation_sigmas(kind)) {
      const torch::Tensor noisy = validation_noisy(kind, clean, sigma, v);
      const torch::Tensor level = torch::full({1}, sigma, noisy.options());
      const torch::Tensor estimate =
          denoise_with(network, preconditioner, noisy.to(device), level.to(device), torch::kFloat32, condition)
              .to(torch::kCPU)
              .view(clean.sizes());
      scores.push_back({volumes[v].name, sigma, latent ? psnr(clean, estimate) : psnr_in_foreground(clean, estimate)});
    }
  }
  return scores;
}

double mean_psnr(const std::vector<ValidationScore>& scores) {
  double sum = 0;
  for (const ValidationScore& score : scores) sum += score.psnr_db;
  return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
}

}  // namespace voxprior
