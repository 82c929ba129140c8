#pragma once

#include <torch/nn/module.h>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>
#include <string>

#include "models/gan/widths.h"

namespace voxprior {

/// x + W3 f(W2 f(W1 x + b1) + b2): an inverted bottleneck (Huang et al. 2024), W1 and W3 1x1x1, W2 3x3x3, f the leaky
/// ReLU. W3 starts at zero, so that a block starts as the identity; the others are scaled down with the number of
/// blocks on a path, `depth`, to the power -1/4, which takes the place of normalisation (Fixup, Zhang et al. 2019,
/// arXiv:1901.09321). Kernels are dense where those of the paper are grouped: on a CPU the double backward of grouped
/// convolutions costs more than it saves.
class BottleneckBlockImpl : public torch::nn::Module {
 public:
  BottleneckBlockImpl(std::int64_t channels, std::int64_t inner, std::int64_t depth);
  torch::Tensor forward(const torch::Tensor& x);

 private:
  torch::Tensor narrow_in_, kernel_, narrow_out_, first_offset_, second_offset_;
};
TORCH_MODULE(BottleneckBlock);

/// The blocks of one level of a network of these widths, run one after the other.
class GanLevelImpl : public torch::nn::Module {
 public:
  GanLevelImpl(const GanWidths& widths, std::size_t level);
  torch::Tensor forward(torch::Tensor x);

 private:
  torch::nn::ModuleList blocks_{nullptr};
};
TORCH_MODULE(GanLevel);

/// The children of a voxel become channels: the inverse of unfold_children().
torch::Tensor fold_children(const torch::Tensor& x);

}  // namespace voxprior
