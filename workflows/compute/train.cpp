// The part of `voxprior train` that needs LibTorch: configuration and volumes in, trainer on.
#include "workflows/compute/train.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "base/error.h"
#include "models/training/adversarial.h"
#include "models/training/bridge_objective.h"
#include "models/training/distillation.h"
#include "models/training/gloo_peers.h"
#include "models/training/self_supervised.h"
#include "models/training/train_autoencoder.h"
#include "models/training/train_gan.h"
#include "models/training/train_network.h"
#include "workflows/compute/device.h"
#include "workflows/compute/noisy_volumes.h"
#include "workflows/compute/resource_errors.h"
#include "workflows/compute/training_pairs.h"
#include "workflows/compute/training_volumes.h"
#include "workflows/installed_models.h"

namespace voxprior {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string describe(const TrainingProgress& report) {
  char text[160];
  std::snprintf(text, sizeof text, "step %lld of %lld: loss %.4f, %.2f s a step", static_cast<long long>(report.step),
                static_cast<long long>(report.steps), report.loss, report.seconds_per_step);
  std::string line = text;
  if (report.validation_psnr) {
    std::snprintf(text, sizeof text, ", validation %.2f dB", *report.validation_psnr);
    line += text;
  }
  return report.message.empty() ? line : line + ", " + report.message;
}

/// Every report moves the progress on; those that say more than the loss are kept on a line of their own.
TrainingObserver observer_of(ProgressDisplay& progress) {
  return [&progress](const TrainingProgress& report) {
    if (report.validation_psnr || !report.message.empty()) progress.note(describe(report));
    if (report.verdict) progress.note(report.verdict->text);
    progress.update(static_cast<double>(report.step) / static_cast<double>(report.steps));
  };
}

void append(std::vector<TrainingVolume>& volumes, std::vector<TrainingVolume> more) {
  std::move(more.begin(), more.end(), std::back_inserter(volumes));
}

struct Volumes {
  std::vector<TrainingVolume> training, validation;
};

Volumes read_volumes(const TrainingConfig& config) {
  const auto& data = config.data;
  const std::string& modality = config.model.modality;
  if (config.has_pairs())
    return {read_training_pairs(data.clean, data.noisy, data.exclude, modality),
            read_training_pairs(data.validate_clean, data.validate_noisy, {}, modality)};
  const VolumeContext context{VolumeClasses(data.classes), VolumeLabels(data.labels, config.labels),
                              config.draws_labels()};
  auto training = read_training_volumes(data.train, data.exclude, modality, context);
  for (const TrainingVolume& volume : read_training_volumes(data.train_halved, data.exclude, modality, context))
    training.push_back(halved(volume));
  append(training, read_painted_volumes(data.label_maps, data.exclude));
  append(training, read_dataset_volumes(data.dataset, Split::train, modality, context));
  auto validation = read_training_volumes(data.validate, {}, modality, context);
  append(validation, read_dataset_volumes(data.dataset, Split::validation, modality, context));
  for (TrainingVolume& volume : validation)
    for (std::int64_t i = 0; i < data.halvings; ++i) volume = halved(volume);
  return {std::move(training), std::move(validation)};
}

/// Connects to the other processes, if there are any.
std::unique_ptr<Peers> peers_of(const TrainOptions& options, ProgressDisplay& progress) {
  if (options.team.count < 2) return nullptr;
  if (options.team.rank == 0)
    progress.note("waiting for " + std::to_string(options.team.count - 1) + " more processes at " +
                  options.team.address + ":" + std::to_string(options.team.port));
  return find_peers(options.team);
}

TrainingRun run_of(const TrainOptions& options, Peers* peers) {
  TrainingRun run;
  run.peers = peers;
  run.recipe = text_of(options.config_file);
  run.out_folder = options.out_folder;
  run.resume = options.resume;
  run.device = choose_device(options.device);
  return run;
}

void tell_counts(const Volumes& volumes, const TrainingRun& run, const TrainOptions& options,
                 ProgressDisplay& progress) {
  progress.note(std::to_string(volumes.training.size()) + " volumes to train on, " +
                std::to_string(volumes.validation.size()) + " to validate on; " + run.device.str() + ", " +
                std::to_string(options.threads) + " threads");
}

std::optional<NetworkFile> starting_model(const TrainOptions& options, const TrainingRun& run) {
  const std::string name = expand_variables(read_starting_model(options.config_file));
  if (name.empty()) return std::nullopt;
  const std::filesystem::path file = find_model(name);
  NetworkFile from = read_network(file, ModelKind::denoiser, run.device);
  if (from.card.modality == "ct")
    fail(ExitCode::model, file,
         ": is a model for CT, whose noise cannot be told well enough from a scan to learn from it");
  return from;
}

void train_on_noisy_scans(const TrainOptions& options, Peers* peers, ProgressDisplay& progress) {
  TrainingRun run = run_of(options, peers);
  const std::optional<NetworkFile> from = starting_model(options, run);
  run.config = read_self_supervised_config(options.config_file, from ? &from->card : nullptr,
                                           from ? from->network->widths() : UnetWidths());
  progress.stage("reading volumes");
  const auto read = [&](const std::vector<std::string>& entries) {
    NoisyVolumes noisy = read_noisy_volumes(entries, run.config);
    for (const std::string& line : noisy.notices) progress.note(line);
    return std::move(noisy.volumes);
  };
  Volumes volumes{read(run.config.data.train), read(run.config.data.validate)};
  tell_counts(volumes, run, options, progress);
  if (volumes.validation.empty()) progress.note("data.validate is empty: a sixth of each scan is held out instead");

  progress.stage("training");
  train_self_supervised(run, from ? &*from : nullptr, std::move(volumes.training), std::move(volumes.validation),
                        observer_of(progress));
}

void train(const TrainOptions& options, ProgressDisplay& progress) {
  use_cpu(options.threads);
  const std::unique_ptr<Peers> team = peers_of(options, progress);
  Peers* const peers = team.get();
  if (options.self_supervised) return train_on_noisy_scans(options, peers, progress);
  TrainingRun run = run_of(options, peers);
  std::optional<Teacher> teacher;
  if (options.distill) {
    const std::string file = expand_variables(read_teacher_name(options.config_file));
    teacher = load_teacher(file, run.device);
    run.config = read_distillation_config(options.config_file, teacher->card, teacher->network->widths());
    run.config.distill.teacher = file;
  } else if (options.kind == ModelKind::gan) {
    run.config = read_gan_config(options.config_file);
  } else {
    run.config = read_training_config(options.config_file, options.kind);
    run.config.data.autoencoder = expand_variables(run.config.data.autoencoder);
  }

  progress.stage("reading volumes");
  Volumes volumes = read_volumes(run.config);
  tell_counts(volumes, run, options, progress);

  progress.stage("training");
  const TrainingObserver observer = observer_of(progress);
  if (teacher)
    distil_network(run, *teacher, std::move(volumes.training), volumes.validation, observer);
  else if (options.kind == ModelKind::autoencoder)
    train_autoencoder(run, std::move(volumes.training), volumes.validation, observer);
  else if (run.config.kind == ModelKind::gan)
    train_gan(run, std::move(volumes.training), volumes.validation, observer);
  else if (options.kind == ModelKind::gan)
    train_denoising_gan(run, std::move(volumes.training), volumes.validation, observer);
  else if (options.kind == ModelKind::bridge)
    train_bridge(run, std::move(volumes.training), volumes.validation, observer);
  else
    train_network(run, std::move(volumes.training), volumes.validation, observer);
}

}  // namespace
}  // namespace voxprior

void voxprior_train(const voxprior::TrainOptions& options, voxprior::ProgressDisplay& progress) {
  voxprior::with_resource_errors([&] { voxprior::train(options, progress); });
}
