#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <cstdint>

#include "models/gan/blocks.h"

namespace voxprior {

/// Judges a denoised volume patch by patch: given the noisy one and its noise level, how real the candidate looks
/// around each place of a quarter of the resolution. Local, two levels of bottleneck blocks, no normalisation.
class PatchCriticImpl : public torch::nn::Module {
 public:
  /// Channels of the two levels, and blocks of each.
  PatchCriticImpl(std::int64_t fine, std::int64_t coarse, std::int64_t blocks);

  /// candidate, noisy [N,1,D,H,W], axes multiples of 4; sigma [N]; feature_std: that of the preconditioner, [9]. Sees
  /// the candidate's Haar bands over their root mean squares, those of what was taken away, (noisy - candidate) /
  /// sigma, and ln sigma. Returns [N,1,D/4,H/4,W/4]. Differentiable twice.
  torch::Tensor forward(const torch::Tensor& candidate, const torch::Tensor& noisy, const torch::Tensor& sigma,
                        const torch::Tensor& feature_std);

 private:
  torch::nn::ModuleList fine_blocks_{nullptr}, coarse_blocks_{nullptr};
  torch::Tensor stem_, shrink_, head_;
};
TORCH_MODULE(PatchCritic);

}  // namespace voxprior
