// The part of `voxprior train` that needs LibTorch: configuration and volumes in, trainer on.
#include "workflows/compute/train.h"

#include <ATen/Parallel.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/error.h"
#include "models/training/train_autoencoder.h"
#include "models/training/train_network.h"
#include "workflows/compute/device.h"
#include "workflows/compute/resource_errors.h"
#include "workflows/compute/training_volumes.h"

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
    progress.update(static_cast<double>(report.step) / static_cast<double>(report.steps));
  };
}

void append(std::vector<TrainingVolume>& volumes, std::vector<TrainingVolume> more) {
  std::move(more.begin(), more.end(), std::back_inserter(volumes));
}

void train(const TrainOptions& options, ProgressDisplay& progress) {
  at::set_num_threads(options.threads);
  TrainingRun run{read_training_config(options.config_file, options.kind), text_of(options.config_file),
                  options.out_folder, options.resume, choose_device(options.device)};

  run.config.data.autoencoder = expand_variables(run.config.data.autoencoder);

  progress.stage("reading volumes");
  const auto& data = run.config.data;
  const std::string& modality = run.config.model.modality;
  const VolumeContext context{VolumeClasses(data.classes), VolumeLabels(data.labels, run.config.labels),
                              run.config.draws_labels()};
  auto training = read_training_volumes(data.train, data.exclude, modality, context);
  for (const TrainingVolume& volume : read_training_volumes(data.train_halved, data.exclude, modality, context))
    training.push_back(halved(volume));
  append(training, read_dataset_volumes(data.dataset, Split::train, modality, context));
  auto validation = read_training_volumes(data.validate, {}, modality, context);
  append(validation, read_dataset_volumes(data.dataset, Split::validation, modality, context));
  for (TrainingVolume& volume : validation)
    for (std::int64_t i = 0; i < data.halvings; ++i) volume = halved(volume);
  progress.note(std::to_string(training.size()) + " volumes to train on, " + std::to_string(validation.size()) +
                " to validate on; " + run.device.str() + ", " + std::to_string(options.threads) + " threads");

  progress.stage("training");
  const auto learn = options.kind == ModelKind::autoencoder ? train_autoencoder : train_network;
  learn(run, std::move(training), validation, observer_of(progress));
}

}  // namespace
}  // namespace voxprior

void voxprior_train(const voxprior::TrainOptions& options, voxprior::ProgressDisplay& progress) {
  voxprior::with_resource_errors([&] { voxprior::train(options, progress); });
}
