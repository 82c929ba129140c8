#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace voxprior {

/// Weights of this shape [out, in, ...], normal with the std sqrt(2 / fan-in) of a layer followed by ReLU (He et al.
/// 2015), or all zero.
torch::Tensor initial_weight(std::vector<std::int64_t> shape, bool zero_start);

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

/// x + W2 relu(gain(noise level) * W1 x [+ shift(noise level)]); W2 starts at zero, so that a block starts as the
/// identity.
class ResidualBlockImpl : public torch::nn::Module {
 public:
  ResidualBlockImpl(std::int64_t channels, std::int64_t embedding, bool shifts);
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& embedded_noise);

 private:
  PlainConv first_{nullptr}, second_{nullptr};
  torch::Tensor gain_weight_;   // [channels, embedding], starts at zero
  torch::Tensor shift_weight_;  // the same; undefined without shifts
};
TORCH_MODULE(ResidualBlock);

/// x + W2 relu(W1 x); W2 starts at zero. The block of networks that are told no noise level.
class PlainBlockImpl : public torch::nn::Module {
 public:
  explicit PlainBlockImpl(std::int64_t channels);
  torch::Tensor forward(const torch::Tensor& x);

 private:
  PlainConv first_{nullptr}, second_{nullptr};
};
TORCH_MODULE(PlainBlock);

/// x + W (attention of every position to every other, by heads); W starts at zero. Queries and keys are scaled to unit
/// length (cosine attention, Henry et al. 2020), so that no normalisation layer is needed. Makes a network global.
class SelfAttentionImpl : public torch::nn::Module {
 public:
  /// `channels` must be a multiple of `heads`.
  SelfAttentionImpl(std::int64_t channels, std::int64_t heads);
  torch::Tensor forward(const torch::Tensor& x);

 private:
  std::int64_t heads_;
  torch::Tensor query_key_value_;  // [3 * channels, channels, 1, 1, 1]
  torch::Tensor out_;              // [channels, channels, 1, 1, 1]
  torch::Tensor sharpness_;        // [heads], ln of what the cosines are multiplied by
};
TORCH_MODULE(SelfAttention);

/// [N, 8C, D, H, W] -> [N, C, 2D, 2H, 2W]: the eight channels of a group become the eight children of a voxel.
torch::Tensor unfold_children(const torch::Tensor& x);

/// The rows of a table for these classes: table [classes, width], classes [N] int64 -> [N, width]; zeros for a class
/// below 0, which is not told.
torch::Tensor class_rows(const torch::Tensor& table, const torch::Tensor& classes);

}  // namespace voxprior
