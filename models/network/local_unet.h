#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace voxprior {

/// The shape of a LocalUnet. Level l works at 1/2^(l+1) of the volume's resolution (level 0 behind the Haar transform).
struct LocalUnetWidths {
  std::vector<std::int64_t> channels{48, 96, 128};  ///< feature channels of each level
  std::vector<std::int64_t> blocks{1, 2, 1};  ///< residual blocks of each level, on the way down and again on the way
                                              ///< up; the last level has them once
  std::int64_t embedding = 64;                ///< width of the noise-level embedding

  /// Voxels by which volume axes must be divisible: 2^levels.
  std::int64_t alignment() const;
  /// Voxels on each side that an output voxel can depend on, rounded up to the alignment.
  std::int64_t halo() const;
};

/// A convolution without bias whose weights follow the data type of its input, so that one module trains in bfloat16
/// with float32 master weights and infers in float32.
class PlainConvImpl : public torch::nn::Module {
 public:
  /// kernel 3 keeps the grid (zero padding 1); kernel 2 halves it (stride 2).
  PlainConvImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, bool zero_start = false);
  torch::Tensor forward(const torch::Tensor& x);

 private:
  std::int64_t kernel_;
  torch::Tensor weight_;  // [out, in, k, k, k]
};
TORCH_MODULE(PlainConv);

/// x + W2 relu(gain(noise level) * W1 x); W2 starts at zero, so that a block starts as the identity.
class ResidualBlockImpl : public torch::nn::Module {
 public:
  ResidualBlockImpl(std::int64_t channels, std::int64_t embedding);
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& embedded_noise);

 private:
  PlainConv first_{nullptr}, second_{nullptr};
  torch::Tensor gain_weight_;  // [channels, embedding], starts at zero
};
TORCH_MODULE(ResidualBlock);

/// A U-Net on Haar bands with no normalisation, no attention and no bias: its receptive field is finite (halo()), and a
/// volume cut into tiles with that halo gives the same result as the whole volume.
class LocalUnetImpl : public torch::nn::Module {
 public:
  explicit LocalUnetImpl(const LocalUnetWidths& widths);

  /// features [N,9,D,H,W] float32 (preconditioned Haar bands and the high-passed LLL band), c_noise [N] float32
  /// (ln(sigma)/4) -> [N,8,D,H,W] float32, one output for each Haar band.
  /// `body_type` is the data type in which the layers between the first and the last convolution run.
  torch::Tensor forward(const torch::Tensor& features, const torch::Tensor& c_noise,
                        torch::ScalarType body_type = torch::kFloat32);

  const LocalUnetWidths& widths() const { return widths_; }

 private:
  torch::Tensor embed(const torch::Tensor& c_noise) const;
  void add_blocks(const std::string& name, torch::nn::ModuleList& list, std::int64_t channels, std::int64_t count);

  LocalUnetWidths widths_;
  torch::Tensor embedding_weight_;  // [embedding, 2 * frequencies]
  PlainConv stem_{nullptr}, head_{nullptr};
  std::vector<torch::nn::ModuleList> down_blocks_, up_blocks_;
  std::vector<PlainConv> shrink_;
  std::vector<torch::Tensor> grow_;  // [8 * channels[l], channels[l+1], 1, 1, 1]
};
TORCH_MODULE(LocalUnet);

}  // namespace voxprior
