#include "models/training/denoising.h"

#include <utility>

#include "base/error.h"
#include "models/network_file.h"
#include "models/precision.h"
#include "models/training/schedule.h"

namespace voxprior {
namespace {

constexpr std::int64_t kMeanSamples = 256, kFeatureStdSamples = 256;

}  // namespace

DenoisingObjective::DenoisingObjective(const TrainingRun& run, Conditioning conditioning)
    : config_(run.config),
      conditioning_(std::move(conditioning)),
      device_(run.device),
      precision_(choose_precision(run.config.training.precision, run.device)) {
  const auto& noise = config_.noise;
  if (noise.schedule == "learned") schedule_.emplace(noise.sigma_min, noise.sigma_max, config_.training.seed);
  if (noise.learned_variance) variance_.emplace(noise.sigma_min, noise.sigma_max);
}

// Initialised from the configuration's seed, then moved to the device.
Unet DenoisingObjective::initial_network() const {
  torch::manual_seed(static_cast<std::uint64_t>(config_.training.seed));
  Unet network(widened(config_.model.widths, conditioning_, config_.draws_labels() ? config_.labels : Labels{}));
  network->to(device_);
  return network;
}

torch::Tensor DenoisingObjective::mean(const TrainingSource& source) const {
  if (!config_.model.mean_volume) return {};
  return measure_mean(source, kMeanSamples, static_cast<std::uint64_t>(config_.training.seed));
}

torch::Tensor DenoisingObjective::feature_std(const TrainingSource& source, const torch::Tensor& mean) const {
  const torch::Tensor std =
      measure_feature_std(source, kFeatureStdSamples, static_cast<std::uint64_t>(config_.training.seed), mean);
  if (config_.draws_labels() && !(std > 0).all().item<bool>())
    fail(ExitCode::input, "a label of [labels] is in none of the training volumes; leave it out");
  return std;
}

HaarPreconditioner DenoisingObjective::preconditioner(const torch::Tensor& feature_std,
                                                      const torch::Tensor& mean) const {
  return HaarPreconditioner(feature_std, low_band_of(config_.kind), 0, {}, mean);
}

torch::Tensor DenoisingObjective::loss(Unet& network, const HaarPreconditioner& preconditioner,
                                       const TrainingBatch& drawn, std::int64_t step) {
  step_ = step;
  const TrainingBatch batch = schedule_ ? schedule_->at_drawn_levels(drawn, step) : drawn;
  const torch::Tensor error =
      denoise_with(network, preconditioner, batch.noisy, batch.sigma, precision_, batch.condition) - batch.clean;
  if (variance_) variance_->learn(preconditioner, error, batch.sigma);
  const torch::Tensor squared = error.square().mean({1, 2, 3, 4});
  if (schedule_) return schedule_->bound(squared, batch.sigma).mean();
  return (squared / preconditioner.wiener_risk(batch.sigma)).mean();
}

// What is learned beside the network warms up and cools down with it.
void DenoisingObjective::follow(const Unet& /*network*/) {
  const auto& training = config_.training;
  const double share = learning_rate_at(step_, training.steps, 1, training.warmup_steps, training.cooldown);
  if (schedule_) schedule_->step(share);
  if (variance_) variance_->step(share);
}

TensorMap DenoisingObjective::state() const {
  TensorMap state;
  if (schedule_) state.merge(schedule_->state());
  if (variance_) state.merge(variance_->state());
  return state;
}

TensorMap DenoisingObjective::model_tensors() const {
  TensorMap tensors;
  if (schedule_) tensors.merge(schedule_->model_tensors());
  if (variance_) tensors.merge(variance_->model_tensors());
  return tensors;
}

std::vector<ValidationScore> DenoisingObjective::score(Unet& network, const HaarPreconditioner& preconditioner,
                                                       const std::vector<TrainingVolume>& volumes) {
  return validate(config_.kind, network, preconditioner, volumes, validation_crop(config_), conditioning_);
}

void DenoisingObjective::describe(ModelCard& card, const std::vector<ValidationScore>& scores) const {
  for (const double sigma : validation_sigmas(config_.kind)) {
    std::vector<ValidationScore> level;
    for (const ValidationScore& s : scores)
      if (s.sigma == sigma) level.push_back(s);
    if (!level.empty())
      card.metrics["validation_psnr_db_at_sigma_" + std::to_string(sigma).substr(0, 4)] = mean_psnr(level);
  }
}

}  // namespace voxprior
