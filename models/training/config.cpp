#include "models/training/config.h"

#include <algorithm>

#include "base/error.h"
#include "models/network/autoencoder.h"
#include "models/network/position.h"
#include "models/training/config_parts.h"
#include "pipeline/bridge/registry.h"
#include "pipeline/samplers/registry.h"

namespace voxprior {
namespace {

const std::set<std::string> kDistillSections{"distill", "data", "augment", "training"};

void read_model(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Model& model = config.model;
  section.read("name", model.name);
  section.read("modality", model.modality, {"mr", "ct", "any"});
  section.read("channels", model.widths.channels, 8, 1024);
  section.read("blocks", model.widths.blocks, 1, 16);
  if (config.kind == ModelKind::autoencoder)
    section.read("latent_channels", model.latent_channels, 1, AutoencoderWidths::kMostLatentChannels);
  else
    section.read("embedding", model.widths.embedding, 8, 1024);
  if (config.kind == ModelKind::diffusion) section.read("heads", model.widths.heads, 1, 64);
  if (config.kind == ModelKind::diffusion) section.read("draws", model.draws, {"image", "labels"});
  if (config.kind == ModelKind::diffusion) section.read("mean_volume", model.mean_volume);
  if (config.kind != ModelKind::autoencoder) section.read("weights", model.weights, {"float32", "float16"});
  section.read("training_data", model.training_data);
  section.read("licence", model.licence);
  section.refuse_unknown_keys();
}

void read_labels(TomlSection section, Labels& labels) {
  for (const auto& [key, meaning] : section.all_strings()) {
    const bool number = key.size() <= 6 && key[0] != '0' && key.find_first_not_of("0123456789") == std::string::npos;
    if (!number || !is_fit_name(meaning) || labels.size() == kMostLabels)
      section.refuse_key(key,
                         "must be a whole number from 1, the value in a label volume, with what it means in words; at "
                         "most 254 of them");
    labels[std::stoll(key)] = meaning;
  }
}

void read_loss(TomlSection section, TrainingConfig& config) {
  section.read("gradient", config.loss.gradient, 0, 100);
  section.read("kl", config.loss.kl, 0, 1);
  section.refuse_unknown_keys();
}

// What is best is known when the network is there: training goes on or starts again with another [sampling].
void read_sampling(TomlSection section, TrainingConfig& config) {
  std::vector<std::string> names;
  for (const NamedSampler& known : named_samplers()) names.push_back(known.name);
  SamplingAdvice advice{"dpmpp-2m", config.kind == ModelKind::detail ? 8 : 20, config.noise.sigma_min, 1};
  section.read("sampler", advice.sampler, names);
  section.read("steps", advice.steps, 1, 10'000);
  section.read("last_sigma", advice.last_sigma, config.noise.sigma_min, config.noise.sigma_max / 2);
  section.read("autoguidance", advice.autoguidance, 0.1, 100);
  section.refuse_unknown_keys();
  config.sampling = advice;
}

void read_bridge(TomlSection section, TrainingConfig::Bridge& bridge) {
  std::vector<std::string> names;
  for (const NamedBridgeSampler& known : named_bridge_samplers()) names.push_back(known.name);
  section.read("at_scan", bridge.at_scan, 0, 1);
  section.read("perturbed", bridge.perturbed, 0, 1);
  section.read("epsilon", bridge.epsilon, 0, 1);
  section.read("sampler", bridge.sampler, names);
  section.read("steps", bridge.steps, 1, kMostBridgeSteps);
  section.refuse_unknown_keys();
}

void read_distill(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Distill& distill = config.distill;
  section.read("teacher", distill.teacher);
  section.read("levels", distill.levels, 2, 1000);
  section.read("steps", distill.steps, 1, kMostDistilledSteps);
  section.read("target_ema", distill.target_ema, 0, 0.999999);
  section.refuse_unknown_keys();
}

void check_bridge_data(const TrainingConfig& config, const std::string& file) {
  const TrainingConfig::Data& data = config.data;
  if (data.clean.empty() != data.noisy.empty())
    fail(ExitCode::usage, file, ": data.clean and data.noisy are the two sides of pairs; give both or none");
  if (data.validate_clean.empty() != data.validate_noisy.empty())
    fail(ExitCode::usage, file, ": data.validate_clean and data.validate_noisy go together; give both or none");
  if (config.has_pairs() && !(data.dataset.empty() && data.train.empty() && data.train_halved.empty()))
    fail(ExitCode::usage, file, ": data.clean names real pairs, data.train volumes to simulate noise on; give either");
  if (config.has_pairs() ? !data.validate.empty() : !data.validate_clean.empty())
    fail(ExitCode::usage, file, ": real pairs are validated on data.validate_clean and data.validate_noisy, ",
         "simulated noise on data.validate");
  if (config.noise.kinds.empty()) fail(ExitCode::usage, file, ": noise.kinds names no kind of noise");
  if (config.model.modality == "ct" && config.noise.kinds != std::vector<std::string>{"gaussian"})
    fail(ExitCode::usage, file, ": noise.kinds: magnitudes of MRI are no Hounsfield units; for ct leave it out");
}

}  // namespace

// Whole volumes need noise that hides them; details are small, and neither is a scan with a scanner's noise.
TrainingConfig defaults_of(ModelKind kind) {
  TrainingConfig config;
  config.kind = kind;
  if (kind == ModelKind::denoiser) return config;
  if (kind == ModelKind::bridge) {
    config.model.name = "bridge";
    config.noise = {0.005, 0.3, 0.06, 0.6, 0.2, 0};
    return config;
  }
  config.augment.rician = config.augment.zeroed_background = 0;
  config.augment.gamma = config.augment.resolution = 0;
  config.augment.rescale = 0.1;
  if (kind == ModelKind::autoencoder) {
    config.augment.resolution = 0.2;
    config.model.name = "autoencoder";
    config.model.widths.channels = AutoencoderWidths().channels;
    config.model.widths.blocks = AutoencoderWidths().blocks;
    return config;
  }
  if (kind == ModelKind::detail) {
    config.noise = {0.002, 1, 0.05, 1.2, 0.15, 0};
    return config;
  }
  config.training.batch = 8;
  config.model.widths = {{64, 128, 192}, {2, 2, 3}, 64, 4, kPositionFeatures};
  if (kind == ModelKind::gan) return config;
  config.noise = {0.01, 40, 0.6, 1.4, 0.15, 0};
  config.model.widths.shifts = true;
  return config;
}

void read_data(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Data& data = config.data;
  section.read("dataset", data.dataset);
  section.read("train", data.train);
  section.read("train_halved", data.train_halved);
  if (config.kind == ModelKind::bridge) {
    section.read("clean", data.clean);
    section.read("noisy", data.noisy);
    section.read("validate_clean", data.validate_clean);
    section.read("validate_noisy", data.validate_noisy);
  }
  if (config.kind == ModelKind::denoiser) section.read("label_maps", data.label_maps);
  section.read("validate", data.validate);
  section.read("exclude", data.exclude);
  const bool labelled = config.kind == ModelKind::diffusion || config.kind == ModelKind::detail;
  if (labelled || config.kind == ModelKind::gan) section.read("classes", data.classes);
  if (labelled) section.read("labels", data.labels);
  if (sees_whole_volumes(config.kind)) section.read("halvings", data.halvings, 0, 4);
  if (config.kind == ModelKind::diffusion) section.read("autoencoder", data.autoencoder);
  section.refuse_unknown_keys();
}

void read_conditioning(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Told& conditioning = config.conditioning;
  if (config.kind == ModelKind::gan)
    section.read("on", conditioning.what, {"class"});
  else
    section.read("on", conditioning.what, {"class", "spacing", "mask"});
  section.read("drop", conditioning.drop, 0.01, 0.9);
  section.refuse_unknown_keys();
}

void read_augment(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Augment& augment = config.augment;
  if (config.has_pairs()) {  // nothing that would make another noise of theirs
    augment.gamma = augment.resolution = augment.zeroed_background = 0;
    section.read("rescale", augment.rescale, 0, 0.9);
    section.refuse_unknown_keys();
    return;
  }
  if (config.draws_labels()) {
    augment.rescale = augment.gamma = 0;
  } else {
    section.read("rescale", augment.rescale, 0, 0.9);
    section.read("gamma", augment.gamma, 0, 1);
  }
  if (sees_whole_volumes(config.kind)) {
    section.read("mirror", augment.mirror, 0, 1);
    section.read("rotation_degrees", augment.rotation_degrees, 0, 180);
    section.read("scaling", augment.scaling, 0, 0.5);
    section.read("shift_voxels", augment.shift_voxels, 0, 100);
    section.read("warp_voxels", augment.warp_voxels, 0, 20);
  } else {
    section.read("resolution", augment.resolution, 0, 1);
  }
  if (config.kind == ModelKind::denoiser || config.kind == ModelKind::bridge)
    section.read("zeroed_background", augment.zeroed_background, 0, 1);
  if (config.kind == ModelKind::denoiser) {
    section.read("rician", augment.rician, 0, 1);
    section.read("contrast", augment.contrast, 0, 1);
    section.read("slices", augment.slices, 0, 1);
  }
  section.refuse_unknown_keys();
}

void read_noise(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Noise& noise = config.noise;
  section.read("sigma_min", noise.sigma_min, 1e-4, 1);
  section.read("sigma_max", noise.sigma_max, 1e-3, 1000);
  section.read("typical", noise.typical, 1e-4, 100);
  section.read("typical_spread", noise.typical_spread, 0.01, 10);
  section.read("uniform_share", noise.uniform_share, 0, 1);
  const bool simulates = config.kind == ModelKind::bridge;
  if (config.kind == ModelKind::denoiser || simulates) section.read("correlated_share", noise.correlated_share, 0, 1);
  if (simulates) {
    noise.kinds = {config.model.modality == "ct" ? "gaussian" : "rician"};
    section.read("kinds", noise.kinds, {"gaussian", "rician", "ncchi"});
    section.read("varying_share", noise.varying_share, 0, 1);
  } else if (config.kind != ModelKind::denoiser) {
    section.read("schedule", noise.schedule, {"log-normal", "learned"});
    section.read("learned_variance", noise.learned_variance);
  }
  section.refuse_unknown_keys();
}

void read_training(TomlSection section, TrainingConfig& config) {
  TrainingConfig::Training& training = config.training;
  section.read("steps", training.steps, 1, 100'000'000);
  section.read("batch", training.batch, 1, 4096);
  if (!sees_whole_volumes(config.kind)) section.read("patch", training.patch, 8, 512);
  section.read("learning_rate", training.learning_rate, 1e-7, 1);
  section.read("warmup_steps", training.warmup_steps, 0, 1'000'000);
  section.read("cooldown", training.cooldown, 0, 1);
  section.read("clip_norm", training.clip_norm, 1e-6, 1e6);
  section.read("ema", training.ema, 0, 0.999999);
  section.read("seed", training.seed, 0, INT64_MAX);
  if (config.kind != ModelKind::gan) section.read("precision", training.precision, {"auto", "float32", "bfloat16"});
  section.read("checkpoint_minutes", training.checkpoint_minutes, 0, 1e5);
  section.read("validate_every", training.validate_every, 1, 100'000'000);
  if (!sees_whole_volumes(config.kind)) section.read("validation_crop", training.validation_crop, 16, 1024);
  if (sees_whole_volumes(config.kind)) section.read("snapshots", training.snapshots, 0, 1000);
  if (config.kind == ModelKind::diffusion) section.read("stable_target", training.stable_target);
  section.refuse_unknown_keys();
}

// It knows the volumes as they are in their files, and no more of them.
void check_stable_target(const TrainingConfig& config, const std::string& file) {
  const auto refuse = [&](bool asked, const char* what) {
    if (asked) fail(ExitCode::usage, file, ": training.stable_target is for volumes as they are; leave ", what, " out");
  };
  const TrainingConfig::Augment& augment = config.augment;
  refuse(augment.moves() || augment.mirror > 0 || augment.rescale > 0 || augment.gamma > 0,
         "augmentation (set its keys in [augment] to 0)");
  refuse(!config.conditioning.what.empty(), "conditioning.on");
  refuse(config.draws_labels(), "model.draws");
  refuse(!config.data.autoencoder.empty(), "data.autoencoder");
  refuse(config.noise.schedule == "learned", "noise.schedule");
  refuse(config.noise.learned_variance, "noise.learned_variance");
}

void check_together(const TrainingConfig& config, const std::string& file) {
  const UnetWidths& widths = config.model.widths;
  if (widths.channels.size() != widths.blocks.size())
    fail(ExitCode::usage, file, ": model.channels and model.blocks must have as many entries as each other");
  if (config.kind == ModelKind::diffusion && widths.channels.back() % widths.heads != 0)
    fail(ExitCode::usage, file, ": the last of model.channels must be a multiple of model.heads");
  if (!sees_whole_volumes(config.kind) && config.training.patch % widths.alignment() != 0)
    fail(ExitCode::usage, file, ": training.patch must be a multiple of ", widths.alignment(), " for ",
         widths.channels.size(), " levels");
  if (config.noise.sigma_min >= config.noise.sigma_max)
    fail(ExitCode::usage, file, ": noise.sigma_min must be below noise.sigma_max");
  const TrainingConfig::Data& data = config.data;
  if (config.draws_labels() && config.conditioning.on("mask"))
    fail(ExitCode::usage, file, ": a model that draws labels is told no mask; take it out of conditioning.on");
  if (config.draws_labels() && (!data.train_halved.empty() || !data.labels.empty()))
    fail(ExitCode::usage, file,
         ": with model.draws = \"labels\" the label volumes are data.train; leave data.labels and data.train_halved "
         "out");
  if (config.draws_labels() && config.labels.empty())
    fail(ExitCode::usage, file, ": model.draws = \"labels\" needs [labels], which says what they mean");
  if (!config.draws_labels() && config.conditioning.on("mask") == config.labels.empty())
    fail(ExitCode::usage, file,
         ": [labels], which says what the values of a mask mean, and \"mask\" in conditioning.on go together; give "
         "both");
  if (!data.autoencoder.empty() && !config.labels.empty())
    fail(ExitCode::usage, file, ": data.autoencoder and [labels] exclude each other: a latent has no voxels to label");
  if (!data.labels.empty() && config.labels.empty())
    fail(ExitCode::usage, file, ": data.labels is given, but conditioning.on does not name \"mask\"; add it");
  if (!data.classes.empty() && !config.conditioning.on("class"))
    fail(ExitCode::usage, file, ": data.classes is given, but conditioning.on does not name \"class\"; add it");
  if (config.noise.learned_variance && (!data.autoencoder.empty() || config.draws_labels()))
    fail(ExitCode::usage, file, ": noise.learned_variance is for images, not for latents (data.autoencoder) or labels");
  if (config.model.modality == "ct" && (!data.label_maps.empty() || config.augment.contrast > 0))
    fail(ExitCode::usage, file,
         ": Hounsfield units have one meaning; leave data.label_maps and augment.contrast out of a model of CT");
  if (config.kind == ModelKind::bridge) check_bridge_data(config, file);
  if (config.training.stable_target) check_stable_target(config, file);
  if (data.dataset.empty() && data.train.empty() && data.train_halved.empty() && data.label_maps.empty() &&
      !config.has_pairs())
    fail(ExitCode::usage, file, ": no key of [data] names what to train on; give data.train");
}

bool TrainingConfig::Told::on(const std::string& condition) const {
  return std::find(what.begin(), what.end(), condition) != what.end();
}

TrainingConfig read_training_config(const std::filesystem::path& path, ModelKind kind) {
  const std::string file = path.string();
  const bool denoises = kind != ModelKind::autoencoder;
  std::set<std::string> sections{"model", "data", "augment", denoises ? "noise" : "loss", "training"};
  if (kind == ModelKind::diffusion || kind == ModelKind::detail)
    sections.insert({"conditioning", "labels", "sampling"});
  if (kind == ModelKind::bridge) sections.insert("bridge");
  const toml::table table = parse_toml(path, sections);
  TrainingConfig config = defaults_of(kind);
  read_model({table, "model", file}, config);
  read_data({table, "data", file}, config);
  read_conditioning({table, "conditioning", file}, config);
  read_labels({table, "labels", file}, config.labels);
  read_augment({table, "augment", file}, config);
  if (config.has_pairs() && table.contains("noise"))
    fail(ExitCode::usage, file, ": [noise] says how noise is simulated, but data.clean names real pairs; leave it out");
  if (denoises) read_noise({table, "noise", file}, config);
  if (kind == ModelKind::bridge) read_bridge({table, "bridge", file}, config.bridge);
  if (table.contains("sampling")) read_sampling({table, "sampling", file}, config);
  if (!denoises) read_loss({table, "loss", file}, config);
  read_training({table, "training", file}, config);
  check_together(config, file);
  return config;
}

std::string read_teacher_name(const std::filesystem::path& path) {
  const toml::table table = parse_toml(path, kDistillSections);
  std::string teacher;
  TomlSection(table, "distill", path.string()).read("teacher", teacher);
  if (teacher.empty()) fail(ExitCode::usage, path, ": distill.teacher names no model to distil");
  return teacher;
}

TrainingConfig read_distillation_config(const std::filesystem::path& path, const ModelCard& teacher,
                                        const UnetWidths& widths) {
  const std::string file = path.string();
  const toml::table table = parse_toml(path, kDistillSections);
  TrainingConfig config =
      defaults_of(teacher.kind == name_of(ModelKind::detail) ? ModelKind::detail : ModelKind::diffusion);
  config.model.name = teacher.name;
  config.model.modality = teacher.modality;
  config.model.widths = widths;
  config.model.training_data = teacher.training_data;
  config.model.licence = teacher.licence;
  config.noise.sigma_min = teacher.sigma_min;
  config.noise.sigma_max = teacher.sigma_max;
  read_distill({table, "distill", file}, config);
  read_data({table, "data", file}, config);
  read_augment({table, "augment", file}, config);
  read_training({table, "training", file}, config);
  check_together(config, file);
  if (!config.data.autoencoder.empty())
    fail(ExitCode::usage, file, ": data.autoencoder: only models on volumes can be distilled");
  return config;
}

}  // namespace voxprior
