#include "models/training/config.h"

#include "base/error.h"
#include "models/training/toml_section.h"

namespace voxprior {
namespace {

void read_model(TomlSection section, DenoiserTrainingConfig::Model& model) {
  section.read("name", model.name);
  section.read("modality", model.modality, {"mr", "ct", "any"});
  section.read("channels", model.widths.channels, 8, 1024);
  section.read("blocks", model.widths.blocks, 1, 16);
  section.read("embedding", model.widths.embedding, 8, 1024);
  section.read("training_data", model.training_data);
  section.read("licence", model.licence);
  section.refuse_unknown_keys();
}

void read_data(TomlSection section, DenoiserTrainingConfig::Data& data) {
  section.read("train", data.train);
  section.read("train_halved", data.train_halved);
  section.read("validate", data.validate);
  section.read("exclude", data.exclude);
  section.refuse_unknown_keys();
}

void read_augment(TomlSection section, DenoiserTrainingConfig::Augment& augment) {
  section.read("rescale", augment.rescale, 0, 0.9);
  section.read("gamma", augment.gamma, 0, 1);
  section.read("resolution", augment.resolution, 0, 1);
  section.read("zeroed_background", augment.zeroed_background, 0, 1);
  section.read("rician", augment.rician, 0, 1);
  section.refuse_unknown_keys();
}

void read_noise(TomlSection section, DenoiserTrainingConfig::Noise& noise) {
  section.read("sigma_min", noise.sigma_min, 1e-4, 1);
  section.read("sigma_max", noise.sigma_max, 1e-3, 100);
  section.read("typical", noise.typical, 1e-4, 100);
  section.read("typical_spread", noise.typical_spread, 0.01, 10);
  section.read("uniform_share", noise.uniform_share, 0, 1);
  section.read("correlated_share", noise.correlated_share, 0, 1);
  section.refuse_unknown_keys();
}

void read_training(TomlSection section, DenoiserTrainingConfig::Training& training) {
  section.read("steps", training.steps, 1, 100'000'000);
  section.read("batch", training.batch, 1, 4096);
  section.read("patch", training.patch, 8, 512);
  section.read("learning_rate", training.learning_rate, 1e-7, 1);
  section.read("warmup_steps", training.warmup_steps, 0, 1'000'000);
  section.read("cooldown", training.cooldown, 0, 1);
  section.read("clip_norm", training.clip_norm, 1e-6, 1e6);
  section.read("ema", training.ema, 0, 0.999999);
  section.read("seed", training.seed, 0, INT64_MAX);
  section.read("precision", training.precision, {"auto", "float32", "bfloat16"});
  section.read("checkpoint_minutes", training.checkpoint_minutes, 0, 1e5);
  section.read("validate_every", training.validate_every, 1, 100'000'000);
  section.read("validation_crop", training.validation_crop, 16, 1024);
  section.refuse_unknown_keys();
}

void check_together(const DenoiserTrainingConfig& config, const std::string& file) {
  const LocalUnetWidths& widths = config.model.widths;
  if (widths.channels.size() != widths.blocks.size())
    fail(ExitCode::usage, file, ": model.channels and model.blocks must have as many entries as each other");
  if (config.training.patch % widths.alignment() != 0)
    fail(ExitCode::usage, file, ": training.patch must be a multiple of ", widths.alignment(), " for ",
         widths.channels.size(), " levels");
  if (config.noise.sigma_min >= config.noise.sigma_max)
    fail(ExitCode::usage, file, ": noise.sigma_min must be below noise.sigma_max");
  if (config.data.train.empty() && config.data.train_halved.empty())
    fail(ExitCode::usage, file, ": neither data.train nor data.train_halved names a folder or file to train on");
}

}  // namespace

DenoiserTrainingConfig read_denoiser_training_config(const std::filesystem::path& path) {
  const std::string file = path.string();
  const toml::table table = parse_toml(path, {"model", "data", "augment", "noise", "training"});
  DenoiserTrainingConfig config;
  read_model({table, "model", file}, config.model);
  read_data({table, "data", file}, config.data);
  read_augment({table, "augment", file}, config.augment);
  read_noise({table, "noise", file}, config.noise);
  read_training({table, "training", file}, config.training);
  check_together(config, file);
  return config;
}

}  // namespace voxprior
