#include "models/training/gan_game.h"

#include <torch/utils.h>

#include "models/gan/augmentation.h"
#include "models/gan/losses.h"
#include "pipeline/noise/random.h"

namespace voxprior {
namespace {

// Beyond the streams of the data; each draw has several.
constexpr std::uint64_t kLatentStream = std::uint64_t{1} << 41, kChoiceStream = std::uint64_t{1} << 42, kStreams = 8;

torch::Tensor random_latents(GeneratorSide& side, const GanBatch& batch, std::uint64_t which) {
  torch::Tensor z = torch::empty({batch.real.size(0), side->generator->widths().latent});
  fill_gaussian(z.data_ptr<float>(), static_cast<std::size_t>(z.numel()), batch.seed,
                kLatentStream + batch.draw * kStreams + which);
  return z.to(batch.real.device());
}

Random choices(const GanBatch& batch, std::uint64_t which) {
  return Random(batch.seed, kChoiceStream + batch.draw * kStreams + which);
}

torch::Tensor with_gradient(const torch::Tensor& x) { return x.detach().requires_grad_(true); }

class R3ganGame final : public GanGame {
 public:
  R3ganGame(const TrainingConfig::Gan& config, double unit) : config_(config), unit_(unit) {}

  // Each pair of a real and a fake volume is transformed alike, so that the transform does not tell them apart.
  torch::Tensor critic_loss(GeneratorSide& generator, CriticSide& critic, const GanBatch& batch) override {
    const auto transforms = draw_transforms(batch, 0);
    torch::Tensor fake;
    {
      const torch::NoGradGuard no_grad;
      fake = generator->generator->forward(random_latents(generator, batch, 0), batch.classes);
    }
    const torch::Tensor real_seen = with_gradient(transformed(batch.real, transforms));
    const torch::Tensor fake_seen = with_gradient(transformed(fake, transforms));
    const torch::Tensor real_score = critic->critic->forward(real_seen, batch.classes);
    const torch::Tensor fake_score = critic->critic->forward(fake_seen, batch.classes);
    const torch::Tensor r1 = zero_centred_penalty(unit_ * score_gradient(real_score, real_seen));
    const torch::Tensor r2 = zero_centred_penalty(unit_ * score_gradient(fake_score, fake_seen));
    const torch::Tensor adversarial = relativistic_loss(real_score, fake_score);
    const torch::Tensor loss = adversarial + config_.penalty * (r1 + r2);
    terms_["critic_loss"] = loss.item<double>();
    terms_["critic_adversarial"] = adversarial.item<double>();
    terms_["r1"] = r1.item<double>();
    terms_["r2"] = r2.item<double>();
    terms_["real_score"] = real_score.mean().item<double>();
    terms_["fake_score"] = fake_score.mean().item<double>();
    return loss;
  }

  torch::Tensor generator_loss(GeneratorSide& generator, CriticSide& critic, const GanBatch& batch) override {
    const FixedWeights fixed(*critic);
    const auto transforms = draw_transforms(batch, 1);
    const torch::Tensor fake = generator->generator->forward(random_latents(generator, batch, 1), batch.classes);
    const torch::Tensor fake_score = critic->critic->forward(transformed(fake, transforms), batch.classes);
    const torch::Tensor real_score = critic->critic->forward(transformed(batch.real, transforms), batch.classes);
    return relativistic_loss(fake_score, real_score);
  }

  OptimiserSettings optimiser_settings() const override { return {false, 0, 0.99}; }
  std::map<std::string, double> terms() const override { return terms_; }

 private:
  std::vector<VolumeTransform> draw_transforms(const GanBatch& batch, std::uint64_t which) const {
    Random random = choices(batch, which);
    std::vector<VolumeTransform> transforms;
    for (std::int64_t n = 0; n < batch.real.size(0); ++n)
      transforms.push_back(random_transform(batch.real.sizes().slice(2).vec(), config_.augment, random));
    return transforms;
  }

  TrainingConfig::Gan config_;
  double unit_;
  std::map<std::string, double> terms_;
};

class AlphaGame final : public GanGame {
 public:
  AlphaGame(const TrainingConfig::Gan& config, double unit) : config_(config), unit_(unit) {}

  torch::Tensor critic_loss(GeneratorSide& generator, CriticSide& critic, const GanBatch& batch) override {
    const torch::Tensor random_code = random_latents(generator, batch, 0);
    torch::Tensor random_volume, code, back;
    {
      const torch::NoGradGuard no_grad;
      random_volume = generator->generator->forward(random_code, batch.classes);
      code = generator->encoder->forward(batch.real);
      back = generator->generator->forward(code, batch.classes);
    }
    const torch::Tensor real_score = critic->critic->forward(batch.real, batch.classes).mean();
    const torch::Tensor fake_score = critic->critic->forward(random_volume, batch.classes).mean();
    const torch::Tensor back_score = critic->critic->forward(back, batch.classes).mean();
    const torch::Tensor penalty =
        volume_penalty(critic, batch, random_volume, 0) + volume_penalty(critic, batch, back, 1);
    const torch::Tensor loss = fake_score + back_score - 2 * real_score + config_.penalty * penalty;

    const torch::Tensor code_loss =
        critic->code_critic->forward(code).mean() - critic->code_critic->forward(random_code).mean();
    const torch::Tensor between = with_gradient(between_samples(random_code, code, shares(batch, 2)));
    const torch::Tensor code_penalty =
        one_centred_penalty(score_gradient(critic->code_critic->forward(between), between));
    const torch::Tensor all = loss + code_loss + config_.penalty * code_penalty;
    terms_["critic_loss"] = all.item<double>();
    terms_["gradient_penalty"] = penalty.item<double>();
    terms_["code_loss"] = code_loss.item<double>();
    terms_["real_score"] = real_score.item<double>();
    terms_["fake_score"] = fake_score.item<double>();
    return all;
  }

  torch::Tensor generator_loss(GeneratorSide& generator, CriticSide& critic, const GanBatch& batch) override {
    const FixedWeights fixed(*critic);
    const torch::Tensor code = generator->encoder->forward(batch.real);
    const torch::Tensor back = generator->generator->forward(code, batch.classes);
    const torch::Tensor made = generator->generator->forward(random_latents(generator, batch, 3), batch.classes);
    const torch::Tensor error = (back - batch.real).abs().mean() / unit_;
    terms_["reconstruction"] = error.item<double>();
    return config_.reconstruction * error - critic->critic->forward(back, batch.classes).mean() -
           critic->critic->forward(made, batch.classes).mean() - critic->code_critic->forward(code).mean();
  }

  OptimiserSettings optimiser_settings() const override { return {false, 0, 0.9}; }
  std::map<std::string, double> terms() const override { return terms_; }

 private:
  static torch::Tensor shares(const GanBatch& batch, std::uint64_t which) {
    Random random = choices(batch, which);
    torch::Tensor shares = torch::empty({batch.real.size(0)});
    for (std::int64_t n = 0; n < shares.numel(); ++n) shares[n] = random.uniform();
    return shares.to(batch.real.device());
  }

  torch::Tensor volume_penalty(CriticSide& critic, const GanBatch& batch, const torch::Tensor& fake,
                               std::uint64_t which) const {
    const torch::Tensor between = with_gradient(between_samples(batch.real, fake, shares(batch, which)));
    return one_centred_penalty(unit_ * score_gradient(critic->critic->forward(between, batch.classes), between));
  }

  TrainingConfig::Gan config_;
  double unit_;
  std::map<std::string, double> terms_;
};

}  // namespace

GeneratorSideImpl::GeneratorSideImpl(const GanWidths& widths)
    : generator(register_module("generator", Generator(widths))) {
  if (widths.family == GanFamily::alpha_wgan_gp) {
    GanWidths unconditional = widths;
    unconditional.classes = 0;
    encoder = register_module("encoder", Critic(unconditional, widths.latent));
  }
}

CriticSideImpl::CriticSideImpl(const GanWidths& widths) : critic(register_module("critic", Critic(widths, 1))) {
  if (widths.family == GanFamily::alpha_wgan_gp)
    code_critic = register_module("code_critic", CodeCritic(widths.latent));
}

std::unique_ptr<GanGame> make_gan_game(const TrainingConfig::Gan& config, double gradient_unit) {
  if (gan_family(config.family) == GanFamily::r3gan) return std::make_unique<R3ganGame>(config, gradient_unit);
  return std::make_unique<AlphaGame>(config, gradient_unit);
}

}  // namespace voxprior
