#pragma once

#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>
#include <string>
#include <vector>

#include "models/condition.h"
#include "models/network/layers.h"

namespace voxprior {

/// The shape of a Unet. Level l works at 1/2^(l+1) of the volume's resolution (level 0 behind the Haar transform).
struct UnetWidths {
  std::vector<std::int64_t> channels{48, 96, 128};  ///< feature channels of each level
  std::vector<std::int64_t> blocks{1, 2, 1};  ///< residual blocks of each level, on the way down and again on the way
                                              ///< up; the last level has them once
  std::int64_t embedding = 64;                ///< width of the noise-level embedding
  std::int64_t heads = 0;           ///< of the self-attention in the last level; 0: none, the network is local
  std::int64_t extra_features = 0;  ///< features beside the nine of each channel: the position, a mask
  std::int64_t classes = 0;         ///< classes that the network can be conditioned on; 0: unconditional
  std::int64_t image_channels =
      1;                 ///< channels of x: 1 for volumes, more for latents of an autoencoder and shares of labels
  bool spacing = false;  ///< whether the network is told the voxel size
  bool shifts = false;   ///< whether residual blocks have a bias, which depends on the noise level

  /// Channels of the mask that it is told: the extra features that are not the position, eight a channel.
  std::int64_t mask_channels() const;
  /// Voxels by which volume axes must be divisible: 2^levels.
  std::int64_t alignment() const;
  bool local() const { return heads == 0; }
  /// Voxels on each side that an output voxel can depend on, rounded up to the alignment. For a local network.
  std::int64_t halo() const;
};

/// A U-Net on Haar bands with no normalisation. Without bias, as denoisers are, what it does scales with its input;
/// brightness that comes in steps, as classes of tissue have it, takes `shifts` to be told apart. Without attention its
/// receptive field is finite (halo()), and a volume cut into tiles with that halo gives the same result as the whole
/// volume.
class UnetImpl : public torch::nn::Module {
 public:
  explicit UnetImpl(const UnetWidths& widths);

  /// features [N,9C+extra,D,H,W] float32 (of each of C image channels the preconditioned Haar bands and the high-passed
  /// LLL band; extra features), c_noise [N] float32 (ln(sigma)/4) -> [N,8C,D,H,W] float32, one output for each Haar
  /// band.
  /// `body_type` is the data type in which the layers between the first and the last convolution run.
  torch::Tensor forward(const torch::Tensor& features, const torch::Tensor& c_noise,
                        torch::ScalarType body_type = torch::kFloat32, const Condition& condition = {});

  const UnetWidths& widths() const { return widths_; }

 private:
  torch::Tensor embed(const torch::Tensor& c_noise, const Condition& condition) const;
  void add_blocks(const std::string& name, torch::nn::ModuleList& list, std::int64_t channels, std::int64_t count);

  UnetWidths widths_;
  torch::Tensor embedding_weight_;  // [embedding, 2 * frequencies]
  torch::Tensor class_shift_;       // [classes, channels[0]], added behind the first convolution, starts at zero
  torch::Tensor class_weight_;      // [classes, embedding]; undefined without classes
  torch::Tensor spacing_weight_;    // [embedding, 3]; undefined where it is not told
  PlainConv stem_{nullptr}, head_{nullptr};
  SelfAttention attention_{nullptr};
  std::vector<torch::nn::ModuleList> down_blocks_, up_blocks_;
  std::vector<PlainConv> shrink_;
  std::vector<torch::Tensor> grow_;  // [8 * channels[l], channels[l+1], 1, 1, 1]
};
TORCH_MODULE(Unet);

}  // namespace voxprior
