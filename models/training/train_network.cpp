#include "models/training/train_network.h"

#include <chrono>
#include <cmath>
#include <tuple>

#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"
#include "models/network_file.h"
#include "models/precondition.h"
#include "models/training/checkpoint.h"
#include "models/training/denoising.h"
#include "models/training/metrics_log.h"
#include "models/training/optimiser.h"
#include "models/training/schedule.h"
#include "models/training/validation.h"
#include "models/weights/parameters.h"

namespace voxprior {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kReportEvery = 20;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::vector<NamedParameter> named_parameters(const Unet& network) {
  std::vector<NamedParameter> parameters;
  for (const auto& item : network->named_parameters()) parameters.push_back({item.key(), item.value()});
  return parameters;
}

// Names and contents of the training volumes, so that a run is not resumed on other data by mistake; and what else the
// objective depends on.
std::string identity_of(const std::vector<TrainingVolume>& volumes, const std::string& more) {
  Sha256 hash;
  hash.update(more.data(), more.size());
  for (const TrainingVolume& volume : volumes) {
    hash.update(volume.name.data(), volume.name.size());
    hash.update(volume.voxels.data_ptr<float>(), static_cast<std::size_t>(volume.voxels.numel()) * sizeof(float));
  }
  return hash.hex();
}

// The tensors of a checkpoint whose names begin with `prefix`, without it.
TensorMap part_of(const Checkpoint& checkpoint, const std::string& prefix) {
  TensorMap part;
  for (const auto& [name, tensor] : checkpoint.tensors)
    if (name.rfind(prefix, 0) == 0) part[name.substr(prefix.size())] = tensor;
  return part;
}

// Copies saved tensors into those of an objective.
void restore(const TensorMap& state, const TensorMap& saved, const std::filesystem::path& file) {
  const torch::NoGradGuard no_grad;
  for (const auto& [name, tensor] : state) {
    const auto found = saved.find(name);
    if (found == saved.end() || found->second.sizes() != tensor.sizes())
      fail(ExitCode::model, file, ": '", name,
           "' is missing or has another shape; it belongs to another configuration");
    torch::Tensor(tensor).copy_(found->second);
  }
}

class Trainer {
 public:
  Trainer(const TrainingRun& run, Objective& objective, std::vector<TrainingVolume> training,
          const std::vector<TrainingVolume>& validation)
      : run_(run),
        config_(run.config),
        objective_(objective),
        validation_(validation),
        data_identity_(identity_of(training, objective.identity())),
        source_(make_source(std::move(training), config_)),
        network_(objective.initial_network()),
        average_(objective.initial_network()),
        optimiser_(named_parameters(network_)),
        log_(run.out_folder / "metrics.jsonl") {
    const auto checkpoint = run_.out_folder / "checkpoint.safetensors";
    if (run_.resume) {
      resume(checkpoint);
    } else {
      if (std::filesystem::exists(checkpoint))
        fail(ExitCode::output, run_.out_folder.string(),
             ": holds a training run already; add --resume or name another folder");
      preconditioner_ = objective_.preconditioner(objective_.feature_std(*source_));
      log_.start();
    }
  }

  void train(const TrainingObserver& observer) {
    auto last_checkpoint = Clock::now();
    for (auto last_report = Clock::now(); step_ < config_.training.steps;) {
      take_step();
      const bool last = step_ == config_.training.steps;
      TrainingProgress progress;
      if (step_ % config_.training.validate_every == 0 || last) score(progress);
      if (seconds_since(last_checkpoint) > 60 * config_.training.checkpoint_minutes || last) {
        save();
        last_checkpoint = Clock::now();
        progress.message = "checkpoint written at step " + std::to_string(step_);
      }
      if (step_ % kReportEvery == 0 || progress.validation_psnr || !progress.message.empty()) {
        report(progress, seconds_since(last_report), observer);
        last_report = Clock::now();
      }
    }
  }

 private:
  void take_step() {
    TrainingBatch batch = source_->draw(step_);
    for (torch::Tensor* tensor : {&batch.clean, &batch.noisy, &batch.sigma}) *tensor = tensor->to(run_.device);
    const torch::Tensor loss = objective_.loss(network_, preconditioner_, batch, step_);
    loss.backward();

    rate_ = learning_rate_at(step_, config_.training.steps, config_.training.learning_rate,
                             config_.training.warmup_steps, config_.training.cooldown);
    gradient_norm_ = optimiser_.step(rate_, config_.training.clip_norm);
    loss_sum_ += loss.item<double>();
    ++steps_since_report_;
    ++step_;
    update_average();
    objective_.follow(network_);
  }

  void update_average() {
    const torch::NoGradGuard no_grad;
    const double decay =
        std::min(config_.training.ema, (1. + static_cast<double>(step_)) / (10. + static_cast<double>(step_)));
    auto averaged = average_->parameters(), current = network_->parameters();
    for (std::size_t i = 0; i < averaged.size(); ++i) averaged[i].lerp_(current[i], 1 - decay);
  }

  void score(TrainingProgress& progress) {
    scores_ = objective_.score(average_, preconditioner_, validation_);
    if (!scores_.empty()) progress.validation_psnr = mean_psnr(scores_);
  }

  void report(TrainingProgress& progress, double seconds, const TrainingObserver& observer) {
    progress.step = step_;
    progress.steps = config_.training.steps;
    progress.loss = loss_sum_ / static_cast<double>(steps_since_report_);
    progress.gradient_norm = gradient_norm_;
    progress.learning_rate = rate_;
    progress.seconds_per_step = seconds / static_cast<double>(steps_since_report_);
    log_.append(progress, progress.validation_psnr ? scores_ : std::vector<ValidationScore>{});
    loss_sum_ = 0;
    steps_since_report_ = 0;
    observer(progress);
  }

  void save() const {
    Checkpoint checkpoint{step_, data_identity_, {}};
    store_parameters(*network_, "network.", checkpoint.tensors);
    store_parameters(*average_, "average.", checkpoint.tensors);
    for (const auto& [name, tensor] : optimiser_.state()) checkpoint.tensors["optimiser." + name] = tensor;
    for (const auto& [name, tensor] : objective_.state()) checkpoint.tensors["objective." + name] = tensor;
    checkpoint.tensors["feature_std"] = preconditioner_.feature_std();
    write_checkpoint(run_.out_folder / "checkpoint.safetensors", checkpoint);
    write_network(run_.out_folder / "model.safetensors", average_, preconditioner_, card(), Overwrite::yes);
  }

  ModelCard card() const {
    ModelCard card;
    card.name = config_.model.name;
    card.kind = name_of(config_.kind);
    card.sigma_min = config_.noise.sigma_min;
    card.sigma_max = config_.noise.sigma_max;
    card.modality = config_.model.modality;
    card.intensity = config_.model.modality == "ct" ? "ct-hu/1000" : "mr-p99.5";
    card.training_data = config_.model.training_data;
    card.licence = config_.model.licence;
    card.recipe_sha256 = sha256_hex(run_.recipe.data(), run_.recipe.size());
    card.steps = step_;
    card.program_version = version();
    std::tie(card.voxel_min_mm, card.voxel_max_mm) = source_->voxel_edges_mm();
    if (config_.kind == ModelKind::diffusion) card.widths["grid"] = source_->sample_size();
    objective_.describe(card, scores_);
    return card;
  }

  void resume(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file))
      fail(ExitCode::model, file.string(), ": no checkpoint to resume from; start without --resume");
    const Checkpoint checkpoint = read_checkpoint(file);
    if (checkpoint.data_identity != data_identity_)
      fail(ExitCode::model, file.string(),
           ": was trained on other volumes, or from another teacher, than the configuration names now");
    load_parameters(*network_, "network.", checkpoint.tensors, file.string());
    load_parameters(*average_, "average.", checkpoint.tensors, file.string());
    optimiser_.load_state(part_of(checkpoint, "optimiser."));
    restore(objective_.state(), part_of(checkpoint, "objective."), file);
    const auto feature_std = checkpoint.tensors.find("feature_std");
    if (feature_std == checkpoint.tensors.end() || feature_std->second.numel() != HaarPreconditioner::kFeatures)
      fail(ExitCode::model, file, ": has no 'feature_std' of this network; it belongs to another version");
    preconditioner_ = objective_.preconditioner(feature_std->second);
    step_ = checkpoint.step;
    log_.resume(step_);
  }

  const TrainingRun& run_;
  const TrainingConfig& config_;
  Objective& objective_;
  const std::vector<TrainingVolume>& validation_;
  std::string data_identity_;
  std::unique_ptr<TrainingSource> source_;
  Unet network_, average_;
  HaarPreconditioner preconditioner_{torch::ones({HaarPreconditioner::kFeatures})};  // measured or read before use
  Optimiser optimiser_;
  MetricsLog log_;

  std::int64_t step_ = 0, steps_since_report_ = 0;
  double loss_sum_ = 0, gradient_norm_ = 0, rate_ = 0;
  std::vector<ValidationScore> scores_;
};

}  // namespace

void train_with(Objective& objective, const TrainingRun& run, std::vector<TrainingVolume> training,
                const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  std::filesystem::create_directories(run.out_folder);
  Trainer(run, objective, std::move(training), validation).train(observer);
}

void train_network(const TrainingRun& run, std::vector<TrainingVolume> training,
                   const std::vector<TrainingVolume>& validation, const TrainingObserver& observer) {
  DenoisingObjective objective(run);
  train_with(objective, run, std::move(training), validation, observer);
}

}  // namespace voxprior
