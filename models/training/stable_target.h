#pragma once

#include <torch/types.h>

#include <vector>

#include "pipeline/noise/random.h"

namespace voxprior {

/// What a network is to say of a noised volume where noise hides which of the training volumes it was: the mean of many
/// of them, each weighted by how likely it is under the noise. The network that fits best is the same as with the one
/// volume that was drawn, but what it is shown varies less with that draw, so that it learns from fewer samples.
/// Xu, Tong and Jaakkola 2023, Stable target field, arXiv:2302.00670, equation 6.
class StableTarget {
 public:
  /// The reference batch of a step: all volumes where there are no more of them than this, else as many drawn anew.
  /// Two products of a batch with all of 8000 volumes of 16x16x16 can take longer than the rest of a step.
  static constexpr std::int64_t kMostVolumes = 1024;

  /// Of volumes [D,H,W] of one size, each as likely as the others.
  explicit StableTarget(const std::vector<torch::Tensor>& volumes);

  /// noisy [N,1,D,H,W], sigma [N], the volumes [N,1,D,H,W] that were noised -> [N,1,D,H,W]: E[volume | noisy] if the
  /// reference batch were all there is. The noised volumes belong to it, drawn or not; without them the mean would
  /// lack, at little noise, the one volume that it should be.
  torch::Tensor of(const torch::Tensor& noisy, const torch::Tensor& sigma, const torch::Tensor& noised,
                   Random& random) const;

 private:
  torch::Tensor reference(const torch::Tensor& noised, Random& random) const;

  torch::Tensor volumes_;  // [M, D*H*W]
};

}  // namespace voxprior
