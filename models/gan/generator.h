#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <vector>

#include "models/gan/blocks.h"
#include "models/gan/widths.h"

namespace voxprior {

/// From a latent and a class to a whole volume, in one network call. A learned volume of features at the coarsest level
/// is multiplied channel by channel with a linear map of the latent (the generative basis of R3GAN); blocks and
/// doublings of the resolution follow; the last convolution gives the eight Haar bands of the finest level, each in
/// units of its root mean square over the training set.
class GeneratorImpl : public torch::nn::Module {
 public:
  explicit GeneratorImpl(const GanWidths& widths);

  /// z [N,latent] float32, standard normal; classes [N] int64, below 0: not told, undefined for an unconditional one.
  /// Returns volumes [N,1,D,H,W], normalised intensity.
  torch::Tensor forward(const torch::Tensor& z, const torch::Tensor& classes = {});

  /// Measured before training: root mean square of each Haar band, [8] float32, all > 0.
  void set_band_std(const torch::Tensor& band_std) { band_std_.copy_(band_std); }
  const torch::Tensor& band_std() const { return band_std_; }
  const GanWidths& widths() const { return widths_; }

 private:
  GanWidths widths_;
  torch::Tensor band_std_;                // [8], buffer
  torch::Tensor basis_;                   // [channels of the last level, D, H, W of it]
  torch::Tensor latent_weight_, offset_;  // [channels, latent], [channels]
  torch::Tensor class_weight_;            // [classes, channels]; undefined without classes
  std::vector<GanLevel> levels_;          // finest first
  std::vector<torch::Tensor> grow_;       // [8 * channels[l], channels[l+1], 1, 1, 1]
  torch::Tensor head_;                    // [8, channels[0], 3, 3, 3]
};
TORCH_MODULE(Generator);

}  // namespace voxprior
