// Recipes of `train gan`.
#include <set>
#include <string>

#include "base/error.h"
#include "models/gan/widths.h"
#include "models/training/config_parts.h"

namespace voxprior {
namespace {

const char* const kSynthesis = "synthesis";
const char* const kDenoise = "denoise";

std::string task_of(const toml::table& table, const std::string& file) {
  std::string task = kSynthesis;
  const toml::node_view<const toml::node> value = table["model"]["task"];
  if (value) {
    task = value.value_or(std::string());
    if (task != kSynthesis && task != kDenoise)
      fail(ExitCode::usage, file, ": key 'model.task' must be \"synthesis\" or \"denoise\"");
  }
  return task;
}

void read_gan_model(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Model& model = config.model;
  std::string task;
  section.read("task", task);
  section.read("name", model.name);
  section.read("modality", model.modality, {"mr", "ct", "any"});
  if (config.kind == ModelKind::gan) {
    section.read("gan", config.gan.family, {kR3gan, kAlphaWganGp});
    section.read("latent", config.gan.latent, 1, 4096);
  } else {
    section.read("embedding", model.widths.embedding, 8, 1024);
  }
  section.read("channels", model.widths.channels, 8, 1024);
  section.read("blocks", model.widths.blocks, 1, 16);
  section.read("weights", model.weights, {"float32", "float16"});
  section.read("training_data", model.training_data);
  section.read("licence", model.licence);
  section.refuse_unknown_keys();
}

void read_gan(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Gan& gan = config.gan;
  const bool alpha = gan.family == kAlphaWganGp;
  section.read("penalty", gan.penalty, 0, 1e6);
  if (config.kind == ModelKind::gan) {
    section.read("critic_steps", gan.critic_steps, 1, 100);
    section.read("augment", gan.augment, 0, 1);
  }
  if (alpha) section.read("reconstruction", gan.reconstruction, 0, 1e6);
  if (config.kind == ModelKind::denoiser) section.read("adversarial", gan.adversarial, 1e-6, 100);
  section.refuse_unknown_keys();
}

// What the papers have, but for the learning rate of r3gan: small networks and short runs take a higher one.
void set_gan_defaults(TrainingConfig& config) {
  TrainingConfig::Gan& gan = config.gan;
  const bool alpha = gan.family == kAlphaWganGp;
  config.training.clip_norm = 1e6;
  config.training.learning_rate = 2e-4;
  gan.penalty = 10;
  gan.augment = alpha ? 0 : 0.3;
}

}  // namespace

TrainingConfig read_gan_config(const std::filesystem::path& path) {
  const std::string file = path.string();
  std::set<std::string> sections{"model", "gan", "data", "augment", "training"};
  const bool denoises =
      task_of(parse_toml(path, {"model", "gan", "data", "augment", "training", "conditioning", "noise"}), file) ==
      kDenoise;
  sections.insert(denoises ? "noise" : "conditioning");
  const toml::table table = parse_toml(path, sections);
  TrainingConfig config = defaults_of(denoises ? ModelKind::denoiser : ModelKind::gan);
  if (!denoises) config.model.name = "gan";
  read_gan_model({table, "model", file}, config);
  if (denoises)
    config.gan.adversarial = 0.02;
  else
    set_gan_defaults(config);
  read_gan({table, "gan", file}, config);
  read_data({table, "data", file}, config);
  if (!denoises) read_conditioning({table, "conditioning", file}, config);
  read_augment({table, "augment", file}, config);
  if (denoises) read_noise({table, "noise", file}, config);
  read_training({table, "training", file}, config);
  check_together(config, file);
  return config;
}

}  // namespace voxprior
