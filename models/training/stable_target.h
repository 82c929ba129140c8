#pragma once

#include <torch/types.h>

#include <vector>

namespace voxprior {

/// What a network is to say of a noised volume where noise hides which of the training volumes it was: the mean of all
/// of them, each weighted by how likely it is under the noise. The network that fits best is the same as with the one
/// volume that was drawn, but what it is shown no longer changes with that draw, so that it learns from fewer samples.
/// Xu, Tong and Jaakkola 2023, Stable target field, arXiv:2302.00670, equation 6, with all volumes as reference batch.
class StableTarget {
 public:
  /// Of volumes [D,H,W] of one size, each as likely as the others.
  explicit StableTarget(const std::vector<torch::Tensor>& volumes);

  /// noisy [N,1,D,H,W], sigma [N] -> [N,1,D,H,W]: E[volume | noisy] if the volumes were all there are.
  torch::Tensor of(const torch::Tensor& noisy, const torch::Tensor& sigma) const;

 private:
  torch::Tensor volumes_;      // [M, D*H*W]
  torch::Tensor half_square_;  // [M], half the squared norm of each
};

}  // namespace voxprior
