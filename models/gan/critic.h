#pragma once

#include <torch/nn/module.h>
#include <torch/nn/pimpl.h>
#include <torch/types.h>

#include <vector>

#include "models/gan/blocks.h"
#include "models/gan/widths.h"

namespace voxprior {

/// From a whole volume to a few numbers: a generator mirrored. Of a critic that is one number, how real the volume
/// looks; of the encoder of an alpha-GAN the latent. Told a class, a critic adds a product of its last features with a
/// vector of the class (projection, Miyato and Koyama 2018).
class CriticImpl : public torch::nn::Module {
 public:
  CriticImpl(const GanWidths& widths, std::int64_t outputs);

  /// x [N,1,D,H,W], normalised intensity; classes as for Generator. Returns [N,outputs]. Differentiable twice.
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& classes = {});

  /// Measured before training: what each Haar band is divided by, [8] float32, all > 0.
  void set_band_scale(const torch::Tensor& scale) { band_scale_.copy_(scale); }

 private:
  GanWidths widths_;
  torch::Tensor band_scale_;           // [8], buffer
  torch::Tensor stem_;                 // [channels[0], 8, 3, 3, 3]
  std::vector<GanLevel> levels_;       // finest first
  std::vector<torch::Tensor> shrink_;  // [channels[l+1], 8 * channels[l], 1, 1, 1]
  torch::Tensor basis_;                // [channels of the last level, D, H, W of it]
  torch::Tensor out_;                  // [outputs, channels]
  torch::Tensor class_weight_;         // [classes, channels]; undefined without classes
};
TORCH_MODULE(Critic);

/// Tells latents of an encoder from random ones: three linear layers, [N,latent] -> [N,1].
class CodeCriticImpl : public torch::nn::Module {
 public:
  explicit CodeCriticImpl(std::int64_t latent);
  torch::Tensor forward(const torch::Tensor& z);

 private:
  std::vector<torch::Tensor> weights_, offsets_;
};
TORCH_MODULE(CodeCritic);

}  // namespace voxprior
