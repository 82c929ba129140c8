#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>

#include "models/network/segmenter.h"

namespace voxprior {

struct SegmenterTraining {
  std::int64_t classes = 2;  ///< the background counted
  std::int64_t channels = 16, steps = 300, batch = 4;
  double learning_rate = 4e-3;
  std::uint64_t seed = 0;
};

/// Trains a Segmenter by cross-entropy on volumes [N,1,D,H,W] float32 and labels [N,D,H,W] int64; each step draws
/// `batch` of them as a function of (seed, step). `progress` is called with the share done.
Segmenter train_segmenter(const torch::Tensor& volumes, const torch::Tensor& labels, const SegmenterTraining& training,
                          const std::function<void(double)>& progress);

/// Labels [D,H,W] uint8 of one volume [D,H,W].
torch::Tensor segment(Segmenter& network, const torch::Tensor& volume);

}  // namespace voxprior
