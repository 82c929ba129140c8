#include "models/training/train_network.h"

#include <optional>
#include <tuple>

#include "base/error.h"
#include "models/network_file.h"
#include "models/precondition.h"
#include "models/training/batch_share.h"
#include "models/training/conditions.h"
#include "models/training/denoising.h"
#include "models/training/validation.h"

namespace voxprior {
namespace {

constexpr const char* kObjectivePrefix = "objective.";

class NetworkTrainee final : public Trainee {
 public:
  NetworkTrainee(const TrainingRun& run, Objective& objective, std::vector<TrainingVolume> training,
                 const std::vector<TrainingVolume>& validation)
      : run_(run),
        objective_(objective),
        source_(make_source(std::move(training), run.config, run.device)),
        validation_(in_latent_space(validation)),
        network_(objective.initial_network()),
        average_(objective.initial_network()) {}

  /// What a run depends on beside its configuration and volumes; nothing for a denoiser of volumes.
  std::string identity() const {
    const LatentSpace* space = source_->latent_space();
    return objective_.identity() + (space ? " encoded by " + space->sha256() : "");
  }

  torch::nn::Module& network() override { return *network_; }
  torch::nn::Module& average() override { return *average_; }

  void measure() override {
    const torch::Tensor mean = objective_.mean(*source_);
    preconditioner_ = objective_.preconditioner(objective_.feature_std(*source_, mean), mean);
  }

  TensorMap measured() const override {
    TensorMap tensors{{"feature_std", preconditioner_.feature_std()}};
    if (preconditioner_.mean().defined()) tensors["mean"] = preconditioner_.mean();
    for (const auto& [name, tensor] : objective_.state()) tensors[kObjectivePrefix + name] = tensor;
    return tensors;
  }

  void restore(const TensorMap& tensors, const std::filesystem::path& file) override {
    const torch::NoGradGuard no_grad;
    for (const auto& [name, tensor] : objective_.state()) {
      const auto found = tensors.find(kObjectivePrefix + name);
      if (found == tensors.end() || found->second.sizes() != tensor.sizes())
        fail(ExitCode::model, file, ": '", name,
             "' is missing or has another shape; it belongs to another configuration");
      torch::Tensor(tensor).copy_(found->second);
    }
    const auto feature_std = tensors.find("feature_std");
    if (feature_std == tensors.end() ||
        feature_std->second.numel() != HaarPreconditioner::kFeatures * network_->widths().image_channels)
      fail(ExitCode::model, file, ": has no 'feature_std' of this network; it belongs to another version");
    const auto mean = tensors.find("mean");  // there or not as the configuration says, whose hash has been compared
    preconditioner_ =
        objective_.preconditioner(feature_std->second, mean == tensors.end() ? torch::Tensor() : mean->second);
  }

  torch::Tensor loss(std::int64_t step) override {
    TrainingBatch batch = source_->draw(step);
    double weight = 1;  // of this share, so that the mean over all processes is the loss of the batch
    if (run_.peers) {
      const std::int64_t all = batch.sigma.size(0);
      const auto [first, end] = share_of_batch(*run_.peers, all);
      weight = static_cast<double>((end - first) * run_.peers->count()) / static_cast<double>(all);
      batch = samples_of(batch, first, end);
    }
    for (torch::Tensor* tensor : {&batch.clean, &batch.noisy, &batch.sigma}) *tensor = tensor->to(run_.device);
    batch.condition = batch.condition.to(run_.device);
    const torch::Tensor loss = objective_.loss(network_, preconditioner_, batch, step);
    return run_.peers ? loss * weight : loss;
  }

  bool can_share() const override { return objective_.takes_shares(); }

  std::map<std::string, double> terms() const override { return objective_.terms(); }

  void follow() override { objective_.follow(network_); }

  std::vector<ValidationScore> score() override { return objective_.score(average_, preconditioner_, validation_); }

  std::optional<Verdict> verdict(const std::vector<ValidationScore>& scores) const override {
    return objective_.verdict(scores);
  }

  void write_model(const std::filesystem::path& file, std::int64_t steps,
                   const std::vector<ValidationScore>& scores) const override {
    ModelCard card = card_of(run_);
    card.steps = steps;
    std::tie(card.voxel_min_mm, card.voxel_max_mm) = source_->voxel_edges_mm();
    if (run_.config.kind == ModelKind::diffusion) card.widths["grid"] = source_->sample_size();
    if (const LatentSpace* space = source_->latent_space()) card.autoencoder_sha256 = space->sha256();
    card.conditioning = source_->conditioning();
    if (run_.config.draws_labels()) {
      card.draws = run_.config.labels;
      card.intensity = "label-shares";
    }
    objective_.describe(card, scores);
    const auto type = run_.config.model.weights == "float16" ? torch::kFloat16 : torch::kFloat32;
    const std::optional<Verdict> judged = objective_.verdict(scores);
    const Unet written = !judged || judged->better ? average_ : objective_.initial_network();
    write_network(file, written, preconditioner_, card, Overwrite::yes, objective_.model_tensors(), type);
  }

 private:
  // Held-out volumes as the network sees them: cut to whole latents and encoded if it works on those.
  std::vector<TrainingVolume> in_latent_space(std::vector<TrainingVolume> volumes) const {
    const LatentSpace* space = source_->latent_space();
    if (!space) return volumes;
    const std::int64_t step = space->factor() * run_.config.model.widths.alignment();
    std::vector<TrainingVolume> latents;
    for (TrainingVolume& volume : volumes) {
      const torch::Tensor x = central_crop(volume.voxels, INT64_MAX, step);
      if (x.numel() == 0) continue;
      volume.voxels = space->encode(x.unsqueeze(0).unsqueeze(0))[0];
      latents.push_back(volume);
    }
    return latents;
  }

  const TrainingRun& run_;
  Objective& objective_;
  std::unique_ptr<TrainingSource> source_;
  std::vector<TrainingVolume> validation_;
  Unet network_, average_;
  HaarPreconditioner preconditioner_{torch::ones({HaarPreconditioner::kFeatures})};  // measured or read before use
};

}  // namespace

void train_with(Objective& objective, const TrainingRun& run, std::vector<TrainingVolume> training,
                const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  const std::string volumes = identity_of(training) + identity_of_conditions(training, run.config);
  NetworkTrainee trainee(run, objective, std::move(training), validation);
  run_training(trainee, run, volumes + trainee.identity(), observer);
}

void train_network(const TrainingRun& run, std::vector<TrainingVolume> training,
                   const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  TrainingRun resolved = run;
  if (const std::string& autoencoder = run.config.data.autoencoder; !autoencoder.empty())
    resolved.config.model.widths.image_channels = LatentSpace(autoencoder).channels();
  DenoisingObjective objective(resolved, conditioning_of(training, run.config));
  train_with(objective, resolved, std::move(training), validation, observer);
}

}  // namespace voxprior
