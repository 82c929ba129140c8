#include "models/training/adversarial.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/gan/losses.h"
#include "models/network_file.h"
#include "models/precision.h"
#include "models/training/schedule.h"
#include "models/training/training_loop.h"

namespace voxprior {
namespace {

constexpr std::int64_t kCriticBlocks = 1;
constexpr OptimiserSettings kCriticSettings{false, 0, 0.99};

torch::Tensor with_gradient(const torch::Tensor& x) { return x.detach().requires_grad_(true); }

}  // namespace

AdversarialObjective::AdversarialObjective(const TrainingRun& run)
    : DenoisingObjective(run, {}),
      config_(run.config),
      precision_(choose_precision(run.config.training.precision, run.device)) {
  torch::manual_seed(static_cast<std::uint64_t>(config_.training.seed) + 1);  // other weights than the denoiser's
  const std::vector<std::int64_t>& channels = config_.model.widths.channels;
  critic_ = PatchCritic(channels.front(), channels[std::min<std::size_t>(1, channels.size() - 1)], kCriticBlocks);
  critic_->to(run.device);
  critic_optimiser_.emplace(named_parameters(*critic_), kCriticSettings);
}

// Per place of the critic's map, and towards the candidate in units of the noise: then it means the same for patches of
// any size and noise of any level.
torch::Tensor AdversarialObjective::penalty(const torch::Tensor& scores, const torch::Tensor& candidate,
                                            const torch::Tensor& sigma) const {
  const double places = static_cast<double>(scores[0].numel());
  const torch::Tensor gradient = score_gradient(scores, candidate) * sigma.view({-1, 1, 1, 1, 1});
  return zero_centred_penalty(gradient) / places;
}

void AdversarialObjective::teach_critic(const torch::Tensor& estimate, const TrainingBatch& batch,
                                        const torch::Tensor& feature_std, std::int64_t step) {
  const torch::Tensor real = with_gradient(batch.clean), fake = with_gradient(estimate);
  const torch::Tensor real_scores = critic_->forward(real, batch.noisy, batch.sigma, feature_std);
  const torch::Tensor fake_scores = critic_->forward(fake, batch.noisy, batch.sigma, feature_std);
  const torch::Tensor r1 = penalty(real_scores, real, batch.sigma), r2 = penalty(fake_scores, fake, batch.sigma);
  const torch::Tensor loss = relativistic_loss(real_scores, fake_scores) + config_.gan.penalty * (r1 + r2);
  if (!std::isfinite(loss.item<double>())) throw Divergence{"the critic's loss is not finite"};
  loss.backward();
  const auto& training = config_.training;
  const double rate =
      learning_rate_at(step, training.steps, training.learning_rate, training.warmup_steps, training.cooldown);
  if (!std::isfinite(critic_optimiser_->step(rate, training.clip_norm)))
    throw Divergence{"the critic's gradient is not finite"};
  terms_["critic_loss"] = loss.item<double>();
  terms_["r1"] = r1.item<double>();
  terms_["r2"] = r2.item<double>();
  terms_["real_score"] = real_scores.mean().item<double>();
  terms_["fake_score"] = fake_scores.mean().item<double>();
}

torch::Tensor AdversarialObjective::loss(Unet& network, const HaarPreconditioner& preconditioner,
                                         const TrainingBatch& batch, std::int64_t step) {
  const torch::Tensor feature_std = preconditioner.feature_std().to(batch.clean.device());
  const torch::Tensor estimate = denoise_with(network, preconditioner, batch.noisy, batch.sigma, precision_);
  teach_critic(estimate, batch, feature_std, step);

  const FixedWeights fixed(*critic_);
  const torch::Tensor fake_scores = critic_->forward(estimate, batch.noisy, batch.sigma, feature_std);
  const torch::Tensor real_scores = critic_->forward(batch.clean, batch.noisy, batch.sigma, feature_std);
  const torch::Tensor adversarial = relativistic_loss(fake_scores, real_scores);
  const torch::Tensor error = (estimate - batch.clean).abs().mean({1, 2, 3, 4});
  const torch::Tensor distance = (error / preconditioner.wiener_risk(batch.sigma).sqrt()).mean();
  terms_["distance"] = distance.item<double>();
  terms_["adversarial"] = adversarial.item<double>();
  return distance + config_.gan.adversarial * adversarial;
}

void AdversarialObjective::describe(ModelCard& card, const std::vector<ValidationScore>& scores) const {
  DenoisingObjective::describe(card, scores);
  card.metrics["adversarial_weight"] = config_.gan.adversarial;
  card.metrics["parameters_of_critic"] = static_cast<double>(parameter_count(*critic_));
}

TensorMap AdversarialObjective::state() const {
  TensorMap state;
  for (const auto& item : critic_->named_parameters()) state["critic." + item.key()] = item.value();
  for (const auto& [name, tensor] : critic_optimiser_->state()) state["critic_optimiser." + name] = tensor;
  return state;
}

void train_denoising_gan(const TrainingRun& run, std::vector<TrainingVolume> training,
                         const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  AdversarialObjective objective(run);
  train_with(objective, run, std::move(training), validation, observer);
}

}  // namespace voxprior
