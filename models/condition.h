#pragma once

#include <torch/types.h>

namespace voxprior {

/// What a network is told of each sample of a batch, beside the noisy volume. An undefined tensor says nothing. A batch
/// of one holds for all samples.
struct Condition {
  torch::Tensor classes;     ///< [N] int64, place of the class in Conditioning::classes; below 0: not told
  torch::Tensor spacing_mm;  ///< [N,3] float32, voxel edges along i, j, k
  /// [N,1+labels,D,H,W] float32: share of each voxel that is background, the first label, the second ... They add up to
  /// 1; all 0 where no mask is told.
  torch::Tensor mask;

  Condition to(const torch::Device& device) const;
};

inline Condition Condition::to(const torch::Device& device) const {
  const auto moved = [&](const torch::Tensor& t) { return t.defined() ? t.to(device) : t; };
  return {moved(classes), moved(spacing_mm), moved(mask)};
}

}  // namespace voxprior
