#include "models/network/autoencoder.h"

#include "models/precondition.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

constexpr std::int64_t kFeatures = HaarPreconditioner::kFeatures, kBands = 8;
constexpr std::int64_t kBandOrder[kBands] = {0, 1, 2, 4, 3, 5, 6, 7};  // by the number of high-passed axes

// ln of the variance that the posterior starts with, in units of the kept bands' variance, and its bounds.
constexpr double kFirstLogVariance = -8, kLeastLogVariance = -30, kMostLogVariance = 20;

std::int64_t rounded_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

torch::Tensor per_channel(const torch::Tensor& values) { return values.view({1, -1, 1, 1, 1}); }

torch::Tensor run(torch::nn::ModuleList& blocks, torch::Tensor x) {
  for (const auto& block : *blocks) x = block->as<PlainBlock>()->forward(x);
  return x;
}

}  // namespace

torch::Tensor kept_bands(const torch::Tensor& x, std::size_t levels, std::int64_t count) {
  torch::Tensor low = x;
  for (std::size_t level = 1; level < levels; ++level) low = haar_forward(low).narrow(1, 0, 1);
  const torch::Tensor bands = haar_forward(low);
  std::vector<torch::Tensor> kept;
  for (std::int64_t i = 0; i < count; ++i) kept.push_back(bands.narrow(1, kBandOrder[i], 1));
  return torch::cat(kept, 1);
}

torch::Tensor finest_bands(const torch::Tensor& kept, std::size_t levels) {
  std::vector<torch::Tensor> list(kBands, torch::zeros_like(kept.narrow(1, 0, 1)));
  for (std::int64_t i = 0; i < kept.size(1); ++i) list[kBandOrder[i]] = kept.narrow(1, i, 1);
  torch::Tensor bands = torch::cat(list, 1);
  for (std::size_t level = 1; level < levels; ++level) {
    const torch::Tensor low = haar_inverse(bands);
    bands = torch::cat({low, torch::zeros_like(low).expand({-1, kBands - 1, -1, -1, -1})}, 1);
  }
  return bands;
}

std::int64_t AutoencoderWidths::factor() const { return std::int64_t{1} << channels.size(); }

std::int64_t AutoencoderWidths::encoder_halo() const {
  std::int64_t voxels = factor() + 2 + 2;  // the last convolution, the first, and the high-pass behind it
  for (std::size_t level = 0; level < channels.size(); ++level) voxels += 2 * blocks[level] << (level + 1);
  return rounded_up(voxels, factor());
}

std::int64_t AutoencoderWidths::decoder_halo() const {
  // From the finest level up: where a level's reach ends inside a coarser cell, all of that cell counts.
  std::int64_t voxels = 2;  // the last convolution
  for (std::size_t level = 0; level < channels.size(); ++level) {
    voxels += 2 * blocks[level] << (level + 1);
    if (level + 1 < channels.size()) voxels = rounded_up(voxels, std::int64_t{4} << level);
  }
  return rounded_up(voxels + factor(), factor());  // the first convolution
}

void AutoencoderImpl::add_blocks(const std::string& name, torch::nn::ModuleList& list, std::int64_t channels,
                                 std::int64_t count) {
  list = register_module(name, torch::nn::ModuleList());
  for (std::int64_t i = 0; i < count; ++i) list->push_back(PlainBlock(channels));
}

AutoencoderImpl::AutoencoderImpl(const AutoencoderWidths& widths) : widths_(widths) {
  const auto& channels = widths_.channels;
  const std::size_t levels = channels.size();
  const std::int64_t latents = widths_.latent_channels;
  TORCH_CHECK(levels >= 1 && widths_.blocks.size() == levels,
              "Autoencoder needs as many block counts as channel counts");
  TORCH_CHECK(latents >= 1 && latents <= AutoencoderWidths::kMostLatentChannels, "Autoencoder: ", latents, " latents");

  feature_std_ = register_buffer("feature_std", torch::ones({kFeatures}));
  kept_std_ = register_buffer("kept_std", torch::ones({latents}));
  latent_mean_ = register_buffer("latent_mean", torch::zeros({latents}));
  latent_std_ = register_buffer("latent_std", torch::ones({latents}));
  log_variance_bias_ = register_parameter("log_variance_bias", torch::full({latents}, kFirstLogVariance));

  encoder_stem_ = register_module("encoder_stem", PlainConv(kFeatures, channels[0], 3));
  encoder_head_ = register_module("encoder_head", PlainConv(channels.back(), 2 * latents, 3, true));
  decoder_stem_ = register_module("decoder_stem", PlainConv(latents, channels.back(), 3));
  decoder_head_ = register_module("decoder_head", PlainConv(channels[0], kBands, 3, true));
  encoder_blocks_.resize(levels, nullptr);
  decoder_blocks_.resize(levels, nullptr);
  for (std::size_t l = 0; l < levels; ++l) {
    const std::string level = std::to_string(l);
    add_blocks("encoder" + level, encoder_blocks_[l], channels[l], widths_.blocks[l]);
    add_blocks("decoder" + level, decoder_blocks_[l], channels[l], widths_.blocks[l]);
    if (l + 1 == levels) break;
    shrink_.push_back(register_module("shrink" + level, PlainConv(channels[l], channels[l + 1], 2)));
    grow_.push_back(
        register_parameter("grow" + level, initial_weight({8 * channels[l], channels[l + 1], 1, 1, 1}, false)));
  }
}

void AutoencoderImpl::set_band_scales(const torch::Tensor& feature_std, const torch::Tensor& kept_std) {
  const torch::NoGradGuard no_grad;
  feature_std_.copy_(feature_std);
  kept_std_.copy_(kept_std);
}

void AutoencoderImpl::set_latent_scales(const torch::Tensor& mean, const torch::Tensor& standard_deviation) {
  const torch::NoGradGuard no_grad;
  latent_mean_.copy_(mean);
  latent_std_.copy_(standard_deviation);
}

Posterior AutoencoderImpl::posterior(const torch::Tensor& x, torch::ScalarType body_type) {
  const std::size_t levels = widths_.channels.size();
  const std::int64_t latents = widths_.latent_channels;
  // The first convolution stays in float32, as in the Unet.
  torch::Tensor y = encoder_stem_(haar_features(x) / per_channel(feature_std_)).to(body_type);
  for (std::size_t l = 0; l < levels; ++l) {
    y = run(encoder_blocks_[l], y);
    if (l + 1 < levels) y = shrink_[l](y);
  }
  const torch::Tensor head = encoder_head_(y).to(torch::kFloat32);
  const torch::Tensor linear = kept_bands(x, levels, latents) / per_channel(kept_std_);
  const torch::Tensor log_variance = head.narrow(1, latents, latents) + per_channel(log_variance_bias_);
  return {linear + head.narrow(1, 0, latents), log_variance.clamp(kLeastLogVariance, kMostLogVariance)};
}

torch::Tensor AutoencoderImpl::reconstruct(const torch::Tensor& z, torch::ScalarType body_type) {
  const std::size_t levels = widths_.channels.size();
  torch::Tensor y = decoder_stem_(z).to(body_type);
  for (std::size_t l = levels; l-- > 0;) {
    y = run(decoder_blocks_[l], y);
    if (l > 0) y = unfold_children(torch::conv3d(y, grow_[l - 1].to(body_type)));
  }
  const torch::Tensor learned = decoder_head_(y).to(torch::kFloat32) * per_channel(feature_std_.narrow(0, 0, kBands));
  return haar_inverse(finest_bands(z * per_channel(kept_std_), levels) + learned);
}

torch::Tensor AutoencoderImpl::encode(const torch::Tensor& x) {
  return (posterior(x).mean - per_channel(latent_mean_)) / per_channel(latent_std_);
}

torch::Tensor AutoencoderImpl::decode(const torch::Tensor& z) {
  return reconstruct(z * per_channel(latent_std_) + per_channel(latent_mean_));
}

}  // namespace voxprior
