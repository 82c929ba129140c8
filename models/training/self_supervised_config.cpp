// Recipes of `train denoiser --self-supervised`.
#include <set>

#include "base/error.h"
#include "models/training/config_parts.h"

namespace voxprior {
namespace {

const std::set<std::string> kSelfSupervisedSections{"model", "data", "augment", "noise", "training"};

// Noisy scans are taken as they are: no halving, no curve, no resampling, no other noise than what they have.
void read_self_supervised_model(TomlSection section, const ModelCard* from, TrainingConfig& config) {
  TrainingConfig::Model& model = config.model;
  section.read("from", model.from);
  section.read("name", model.name);
  if (!from) {
    section.read("modality", model.modality, {"mr", "any"});
    section.read("channels", model.widths.channels, 8, 1024);
    section.read("blocks", model.widths.blocks, 1, 16);
    section.read("embedding", model.widths.embedding, 8, 1024);
  }
  section.read("weights", model.weights, {"float32", "float16"});
  section.read("training_data", model.training_data);
  section.read("licence", model.licence);
  section.refuse_unknown_keys();
}

void read_self_supervised_data(TomlSection section, TrainingConfig::Data& data) {
  section.read("train", data.train);
  section.read("validate", data.validate);
  section.read("exclude", data.exclude);
  section.read("repeats", data.repeats);
  section.read("frames", data.frames, 0, 100'000);
  section.refuse_unknown_keys();
}

void read_self_supervised_noise(TomlSection section, TrainingConfig::Noise& noise) {
  section.read("distribution", noise.distribution, {"auto", "gaussian", "rician"});
  section.read("added_min", noise.added_min, 0.01, 10);
  section.read("added_max", noise.added_max, 0.01, 10);
  section.refuse_unknown_keys();
}

void check_self_supervised(const TrainingConfig& config, const std::string& file) {
  const std::set<std::int64_t> frames(config.data.frames.begin(), config.data.frames.end());
  if (!config.data.frames.empty() && !config.data.repeats)
    fail(ExitCode::usage, file, ": data.frames chooses among repeats; say data.repeats = true, too");
  if (frames.size() != config.data.frames.size() || frames.size() == 1)
    fail(ExitCode::usage, file, ": data.frames must name two or more different frames");
  if (config.noise.added_min > config.noise.added_max)
    fail(ExitCode::usage, file, ": noise.added_min must not be above noise.added_max");
}

}  // namespace

std::string read_starting_model(const std::filesystem::path& path) {
  const toml::table table = parse_toml(path, kSelfSupervisedSections);
  std::string from;
  TomlSection(table, "model", path.string()).read("from", from);
  return from;
}

TrainingConfig read_self_supervised_config(const std::filesystem::path& path, const ModelCard* from,
                                           const UnetWidths& widths) {
  const std::string file = path.string();
  const toml::table table = parse_toml(path, kSelfSupervisedSections);
  TrainingConfig config;
  config.self_supervised = true;
  TrainingConfig::Augment& shown = config.augment;
  shown.rescale = 0.1;
  shown.gamma = shown.resolution = shown.zeroed_background = shown.rician = 0;
  TrainingConfig::Training& training = config.training;
  training.patch = 48;
  training.warmup_steps = 20;
  training.validate_every = 100;
  training.steps = from ? 300 : 1000;
  training.learning_rate = from ? 2e-4 : 1e-3;
  if (from) {
    config.model.name = from->name + "-tuned";
    config.model.modality = from->modality;
    config.model.widths = widths;
    config.noise.sigma_min = from->sigma_min;
    config.noise.sigma_max = from->sigma_max;
  }
  read_self_supervised_model({table, "model", file}, from, config);
  read_self_supervised_data({table, "data", file}, config.data);
  TomlSection augment(table, "augment", file);
  augment.read("rescale", config.augment.rescale, 0, 0.9);
  augment.refuse_unknown_keys();
  read_self_supervised_noise({table, "noise", file}, config.noise);
  read_training({table, "training", file}, config);
  check_together(config, file);
  check_self_supervised(config, file);
  return config;
}

}  // namespace voxprior
