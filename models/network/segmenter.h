#pragma once

#include <torch/nn/modules/container/modulelist.h>

#include <cstdint>

#include "models/network/layers.h"

namespace voxprior {

/// A small U-Net of two levels on Haar bands that labels voxels. Its parts are those of the denoisers,
/// which have no bias; a channel of ones beside the bands stands for one.
class SegmenterImpl : public torch::nn::Module {
 public:
  /// `classes` counts the background, `channels` are those of the upper level; the lower one has twice as many.
  SegmenterImpl(std::int64_t classes, std::int64_t channels);

  /// x [N,1,D,H,W] float32, axes multiples of kAlignment -> logits [N,classes,D,H,W].
  torch::Tensor forward(const torch::Tensor& x);

  static constexpr std::int64_t kAlignment = 4;

 private:
  PlainConv stem_{nullptr}, shrink_{nullptr}, grow_{nullptr}, head_{nullptr};
  PlainBlock down_{nullptr}, bottom_{nullptr}, up_{nullptr};
};
TORCH_MODULE(Segmenter);

}  // namespace voxprior
