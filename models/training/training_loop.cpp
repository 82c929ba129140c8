#include "models/training/training_loop.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>

#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"
#include "models/precision.h"
#include "models/training/checkpoint.h"
#include "models/training/flop_counter.h"
#include "models/training/metrics_log.h"
#include "models/training/optimiser.h"
#include "models/training/schedule.h"
#include "models/training/shared_gradient.h"
#include "models/training/team_start.h"

namespace voxprior {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int64_t kReportEvery = 20;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Processor time of all threads of this process.
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// What has passed since it was made.
class Stopwatch {
 public:
  double seconds() const { return seconds_since(start_); }
  double cpu_seconds() const { return voxprior::cpu_seconds() - cpu_start_; }

 private:
  Clock::time_point start_ = Clock::now();
  double cpu_start_ = voxprior::cpu_seconds();
};

OptimiserSettings optimiser_settings(const Trainee& trainee, const TrainingRun& run) {
  OptimiserSettings settings = trainee.optimiser_settings();
  settings.muon_precision = choose_precision(run.config.training.precision, run.device);
  return settings;
}

class TrainingLoop {
 public:
  TrainingLoop(Trainee& trainee, const TrainingRun& run, std::string data_identity)
      : trainee_(trainee),
        run_(run),
        config_(run.config.training),
        data_identity_(std::move(data_identity)),
        optimiser_(named_parameters(trainee.network()), optimiser_settings(trainee, run)),
        log_(run.out_folder / "metrics.jsonl") {
    const auto checkpoint = run_.out_folder / "checkpoint.safetensors";
    if (run_.peers) share_gradient();
    if (run_.resume) {
      resume(checkpoint);
    } else {
      if (std::filesystem::exists(checkpoint))
        fail(ExitCode::output, run_.out_folder.string(),
             ": holds a training run already; add --resume or name another folder");
      trainee_.measure();
      if (writes()) log_.start();
    }
    if (run_.peers) check_same_start(*run_.peers, trainee_.network(), step_, data_identity_);
  }

  void train(const TrainingObserver& observer) {
    if (step_ >= config_.steps && writes()) {  // finished before; the recipe may say other things of the model now
      scores_ = trainee_.score();
      if (config_.snapshots > 0) save_snapshot(true);
      save();
    }
    auto last_checkpoint = Clock::now();
    for (Stopwatch since_report; step_ < config_.steps;) {
      take_step_or_save();
      const bool last = step_ == config_.steps;
      TrainingProgress progress;
      if (writes() && (step_ % config_.validate_every == 0 || last)) score(progress);
      if (writes() && is_snapshot(step_, config_.steps, config_.snapshots)) save_snapshot(last);
      if (writes() && (seconds_since(last_checkpoint) > 60 * config_.checkpoint_minutes || last)) {
        save();
        last_checkpoint = Clock::now();
        progress.message = "checkpoint written at step " + std::to_string(step_);
      }
      if (last && writes()) progress.verdict = trainee_.verdict(scores_);
      if (step_ % kReportEvery == 0 || progress.validation_psnr || !progress.message.empty()) {
        report(progress, since_report, observer);
        since_report = Stopwatch();
      }
    }
  }

 private:
  /// Whether this process writes files: of several, rank 0 does.
  bool writes() const { return !run_.peers || run_.peers->rank() == 0; }

  void share_gradient() {
    if (!trainee_.can_share())
      fail(ExitCode::usage, run_.out_folder.string(), ": this kind of training runs in one process alone, not in ",
           run_.peers->count());
    if (config_.batch < run_.peers->count())
      fail(ExitCode::usage, "training.batch: is ", config_.batch, ", fewer than the ", run_.peers->count(),
           " processes");
    shared_.emplace(trainee_.network().parameters(), *run_.peers);
  }

  /// Waits for the means of the gradients, and of the losses.
  double mean_with_peers(const torch::Tensor& loss) {
    shared_->finish();
    torch::Tensor sum = loss.detach().to(torch::kCPU, torch::kFloat32).reshape({1}).clone();
    run_.peers->start_sum(sum)->wait();
    return sum.item<double>() / run_.peers->count();
  }

  /// When a process is lost in the middle of a step, the weights are still those of the step before.
  void take_step_or_save() {
    try {
      if (flop_counted_)
        take_step();
      else
        flop_per_step_ = count_flop([&] { take_step(); });
      flop_counted_ = true;
    } catch (const Error& error) {
      if (run_.peers && error.code() == ExitCode::resumable && writes() && step_ > 0) save();
      throw;
    }
  }

  void take_step() {
    const torch::Tensor loss = loss_of_step();
    loss.backward();
    const double mean_loss = shared_ ? mean_with_peers(loss) : loss.item<double>();
    if (!std::isfinite(mean_loss)) diverged("the loss is not finite");  // all processes see the same mean
    rate_ = learning_rate_at(step_, config_.steps, config_.learning_rate, config_.warmup_steps, config_.cooldown);
    gradient_norm_ = optimiser_.step(rate_, config_.clip_norm);
    if (!std::isfinite(gradient_norm_)) diverged("the gradient is not finite");
    loss_sum_ += mean_loss;
    for (const auto& [name, term] : trainee_.terms()) {
      term_sums_[name].first += term;
      term_sums_[name].second += 1;
    }
    ++steps_since_report_;
    ++step_;
    update_average();
    trainee_.follow();
  }

  torch::Tensor loss_of_step() {
    try {
      return trainee_.loss(step_);
    } catch (const Divergence& divergence) {
      diverged(divergence.what);
    }
  }

  [[noreturn]] void diverged(const std::string& what) {
    if (writes()) log_.append_divergence(step_ + 1, what);
    const std::string kept = saved_step_ ? "; model and checkpoint are those of step " + std::to_string(*saved_step_)
                                         : "; nothing was saved";
    fail(ExitCode::some_failed, run_.out_folder.string(), ": training diverged at step ", step_ + 1, ": ", what, kept,
         "; lower training.learning_rate");
  }

  void update_average() {
    const torch::NoGradGuard no_grad;
    const double decay = std::min(config_.ema, (1. + static_cast<double>(step_)) / (10. + static_cast<double>(step_)));
    auto averaged = trainee_.average().parameters(), current = trainee_.network().parameters();
    for (std::size_t i = 0; i < averaged.size(); ++i) averaged[i].lerp_(current[i], 1 - decay);
  }

  void score(TrainingProgress& progress) {
    scores_ = trainee_.score();
    if (!scores_.empty()) progress.validation_psnr = mean_psnr(scores_);
  }

  void report(TrainingProgress& progress, const Stopwatch& since_report, const TrainingObserver& observer) {
    progress.step = step_;
    progress.steps = config_.steps;
    progress.loss = loss_sum_ / static_cast<double>(steps_since_report_);
    for (const auto& [name, sum] : term_sums_) progress.terms[name] = sum.first / sum.second;
    term_sums_.clear();
    if (flop_per_step_) progress.terms["flop_per_step"] = static_cast<double>(*flop_per_step_);
    flop_per_step_.reset();
    progress.gradient_norm = gradient_norm_;
    progress.learning_rate = rate_;
    progress.seconds_per_step = since_report.seconds() / static_cast<double>(steps_since_report_);
    progress.cpu_seconds_per_step = since_report.cpu_seconds() / static_cast<double>(steps_since_report_);
    if (writes()) log_.append(progress, progress.validation_psnr ? scores_ : std::vector<ValidationScore>{});
    loss_sum_ = 0;
    steps_since_report_ = 0;
    observer(progress);
  }

  void save() {
    Checkpoint checkpoint{step_, data_identity_, trainee_.measured()};
    store_parameters(trainee_.network(), "network.", checkpoint.tensors);
    store_parameters(trainee_.average(), "average.", checkpoint.tensors);
    for (const auto& [name, tensor] : optimiser_.state()) checkpoint.tensors["optimiser." + name] = tensor;
    write_checkpoint(run_.out_folder / "checkpoint.safetensors", checkpoint);
    trainee_.write_model(run_.out_folder / "model.safetensors", step_, scores_);
    saved_step_ = step_;
  }

  // Before the checkpoint of the same step, so that a run that goes on from it lacks none. A resumed run may not know
  // the scores on the way, so only the finished model has them.
  void save_snapshot(bool last) {
    trainee_.write_model(run_.out_folder / ("snapshot-" + std::to_string(step_) + ".safetensors"), step_,
                         last ? scores_ : std::vector<ValidationScore>{});
  }

  void resume(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file))
      fail(ExitCode::model, file.string(), ": no checkpoint to resume from; start without --resume");
    const Checkpoint checkpoint = read_checkpoint(file);
    if (checkpoint.data_identity != data_identity_)
      fail(ExitCode::model, file.string(),
           ": was trained on other volumes or latents, or from another teacher, than the configuration names now");
    load_parameters(trainee_.network(), "network.", checkpoint.tensors, file.string());
    load_parameters(trainee_.average(), "average.", checkpoint.tensors, file.string());
    TensorMap state;
    const std::string prefix = "optimiser.";
    for (const auto& [name, tensor] : checkpoint.tensors)
      if (name.rfind(prefix, 0) == 0) state[name.substr(prefix.size())] = tensor;
    optimiser_.load_state(state);
    trainee_.restore(checkpoint.tensors, file);
    step_ = checkpoint.step;
    saved_step_ = step_;
    if (writes()) log_.resume(step_);
    flop_counted_ = log_.has("flop_per_step");
  }

  Trainee& trainee_;
  const TrainingRun& run_;
  const TrainingConfig::Training& config_;
  std::string data_identity_;
  Optimiser optimiser_;
  MetricsLog log_;
  std::optional<SharedGradient> shared_;  // with the peers, if there are any

  std::int64_t step_ = 0, steps_since_report_ = 0;
  std::optional<std::int64_t> saved_step_;                      // of the files in the folder
  std::map<std::string, std::pair<double, double>> term_sums_;  // since the last report, and of how many steps
  double loss_sum_ = 0, gradient_norm_ = 0, rate_ = 0;
  std::vector<ValidationScore> scores_;
  bool flop_counted_ = false;                  // of a step, for the log: the first step alone is watched
  std::optional<std::int64_t> flop_per_step_;  // until it is reported
};

}  // namespace

void run_training(Trainee& trainee, const TrainingRun& run, const std::string& data_identity,
                  const TrainingObserver& observer) {
  std::filesystem::create_directories(run.out_folder);
  TrainingLoop(trainee, run, data_identity).train(observer);
}

std::string identity_of(const std::vector<TrainingVolume>& volumes) {
  Sha256 hash;
  for (const TrainingVolume& volume : volumes) {
    hash.update(volume.name.data(), volume.name.size());
    std::vector<torch::Tensor> parts{volume.voxels, volume.scan, volume.sigma};
    parts.insert(parts.end(), volume.repeats.begin(), volume.repeats.end());
    for (const torch::Tensor& part : parts)
      if (part.defined()) hash.update(part.data_ptr<float>(), static_cast<std::size_t>(part.numel()) * sizeof(float));
  }
  return hash.hex();
}

ModelCard card_of(const TrainingRun& run) {
  const TrainingConfig& config = run.config;
  ModelCard card;
  card.name = config.model.name;
  card.kind = name_of(config.kind);
  card.sigma_min = config.noise.sigma_min;
  card.sigma_max = config.noise.sigma_max;
  card.modality = config.model.modality;
  card.intensity = config.model.modality == "ct" ? "ct-hu/1000" : "mr-p99.5";
  card.training_data = config.model.training_data;
  card.licence = config.model.licence;
  card.sampling = config.sampling;
  card.recipe_sha256 = sha256_hex(run.recipe.data(), run.recipe.size());
  card.program_version = version();
  return card;
}

}  // namespace voxprior
