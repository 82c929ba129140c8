#pragma once

#include <torch/nn/module.h>
#include <torch/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "models/gan/critic.h"
#include "models/gan/generator.h"
#include "models/training/config.h"
#include "models/training/optimiser.h"

namespace voxprior {

/// A generator and, in an alpha-GAN, the encoder that is trained with it.
class GeneratorSideImpl : public torch::nn::Module {
 public:
  explicit GeneratorSideImpl(const GanWidths& widths);

  Generator generator{nullptr};
  Critic encoder{nullptr};  ///< none in r3gan
};
TORCH_MODULE(GeneratorSide);

/// What the other side is made of: the critic of volumes and, in an alpha-GAN, that of latents.
class CriticSideImpl : public torch::nn::Module {
 public:
  explicit CriticSideImpl(const GanWidths& widths);

  Critic critic{nullptr};
  CodeCritic code_critic{nullptr};  ///< none in r3gan
};
TORCH_MODULE(CriticSide);

/// What both sides see in one step. Whatever is drawn beside is a function of (seed, draw).
struct GanBatch {
  torch::Tensor real;     ///< [N,1,D,H,W]
  torch::Tensor classes;  ///< [N], undefined for an unconditional model
  std::uint64_t seed = 0, draw = 0;
};

/// The rules by which a generator and a critic are trained against each other. Losses are scalars with a graph to the
/// side that they are for, and to that alone.
class GanGame {
 public:
  virtual ~GanGame() = default;

  virtual torch::Tensor critic_loss(GeneratorSide& generator, CriticSide& critic, const GanBatch& batch) = 0;
  virtual torch::Tensor generator_loss(GeneratorSide& generator, CriticSide& critic, const GanBatch& batch) = 0;
  /// How both sides are updated.
  virtual OptimiserSettings optimiser_settings() const = 0;
  /// Parts of the last two losses, by name.
  virtual std::map<std::string, double> terms() const = 0;
};

/// The rules of `config.gan.family`. `gradient_unit`: the root mean square of the voxels, in which gradients towards
/// volumes are measured, so that a penalty means the same whatever the intensity unit.
std::unique_ptr<GanGame> make_gan_game(const TrainingConfig::Gan& config, double gradient_unit);

}  // namespace voxprior
