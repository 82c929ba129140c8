#pragma once

#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>
#include <string>
#include <vector>

#include "models/network/layers.h"

namespace voxprior {

/// The shape of an Autoencoder. Level l works at 1/2^(l+1) of the volume's resolution; latents lie at that of the last.
struct AutoencoderWidths {
  std::vector<std::int64_t> channels{32, 64};  ///< feature channels of each level
  std::vector<std::int64_t> blocks{1, 2};  ///< residual blocks of each level, in the encoder and again in the decoder
  std::int64_t latent_channels = 4;        ///< 1 to kMostLatentChannels

  static constexpr std::int64_t kMostLatentChannels = 8;

  /// Voxels along each axis for one latent position, 2^levels: by this volume axes must be divisible.
  std::int64_t factor() const;
  /// Voxels on each side of an aligned block that its latents can depend on, rounded up to factor().
  std::int64_t encoder_halo() const;
  /// The same of the decoder: voxels of the volume beyond an aligned block whose latents the block can depend on.
  std::int64_t decoder_halo() const;
};

/// What the encoder says of a volume: a normal distribution for each latent value, all independent.
struct Posterior {
  torch::Tensor mean, log_variance;  ///< [N,latent_channels,d,h,w]
};

/// A variational autoencoder (Kingma & Welling 2014, arXiv:1312.6114) of volumes, for diffusion in its latent space
/// (Rombach et al. 2022, arXiv:2112.10752).
///
/// Encoder and decoder are a linear map and what a network adds to it. The linear map keeps the first latent_channels
/// bands, in the order of their axes' high-passes, of the coarsest level of the Haar transform: block means first, then
/// the three first-order details. On data whose Haar bands are uncorrelated and fall in that order this is principal
/// component analysis, the best that a linear autoencoder can do (Bourlard & Kamp 1988); untrained, the network is
/// that.
///
/// No normalisation layer, no attention, no bias: both halves see a finite distance, and a volume cut into tiles with
/// their halos gives what the whole volume gives.
class AutoencoderImpl : public torch::nn::Module {
 public:
  explicit AutoencoderImpl(const AutoencoderWidths& widths);

  /// x [N,1,D,H,W] float32, axes multiples of factor(), normalised intensity. `body_type` is the data type in which the
  /// layers between the first and the last convolution run.
  Posterior posterior(const torch::Tensor& x, torch::ScalarType body_type = torch::kFloat32);
  /// z [N,latent_channels,d,h,w], in the unit of the posterior -> [N,1,D,H,W].
  torch::Tensor reconstruct(const torch::Tensor& z, torch::ScalarType body_type = torch::kFloat32);

  /// The same for everyone but the training of the autoencoder itself: latents of mean 0 and standard deviation 1 in
  /// each channel over the training set. encode() gives the mean of the posterior.
  torch::Tensor encode(const torch::Tensor& x);
  torch::Tensor decode(const torch::Tensor& z);

  /// Measured before training: root mean square over clean data of haar_features() [9] and of kept_bands()
  /// [latent_channels]; float32, all > 0.
  void set_band_scales(const torch::Tensor& feature_std, const torch::Tensor& kept_std);
  /// Measured after training: mean and standard deviation of the posterior's mean over the training set, [channels].
  void set_latent_scales(const torch::Tensor& mean, const torch::Tensor& standard_deviation);

  const AutoencoderWidths& widths() const { return widths_; }

 private:
  void add_blocks(const std::string& name, torch::nn::ModuleList& list, std::int64_t channels, std::int64_t count);

  AutoencoderWidths widths_;
  torch::Tensor feature_std_, kept_std_, latent_mean_, latent_std_;  // buffers, see above
  torch::Tensor log_variance_bias_;                                  // [latent_channels]
  PlainConv encoder_stem_{nullptr}, encoder_head_{nullptr}, decoder_stem_{nullptr}, decoder_head_{nullptr};
  std::vector<torch::nn::ModuleList> encoder_blocks_, decoder_blocks_;
  std::vector<PlainConv> shrink_;
  std::vector<torch::Tensor> grow_;  // [8 * channels[l], channels[l+1], 1, 1, 1]
};
TORCH_MODULE(Autoencoder);

/// The first `count` bands of the coarsest of `levels` levels of the orthonormal Haar transform, in the order LLL, the
/// three with one high-passed axis, the three with two, HHH: [N,1,D,H,W] -> [N,count,D/2^levels,...].
torch::Tensor kept_bands(const torch::Tensor& x, std::size_t levels, std::int64_t count);

/// The eight bands of the finest level of the volume that has these kept bands, and zero in all others:
/// [N,count,d,h,w] -> [N,8,2^(levels-1) d,...].
torch::Tensor finest_bands(const torch::Tensor& kept, std::size_t levels);

}  // namespace voxprior
