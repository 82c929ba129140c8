#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/network/local_unet.h"

namespace voxprior {

/// Everything that determines a trained denoiser, read from a TOML file. The keys of the file are the names here.
struct DenoiserTrainingConfig {
  struct Model {
    std::string name = "denoiser";
    std::string modality = "mr";  ///< mr | ct | any
    LocalUnetWidths widths;
    std::string training_data;  ///< for the model card: what it was trained on
    std::string licence;        ///< for the model card: licence of that data
  } model;

  struct Data {
    std::vector<std::string> train;         ///< folders or files; ${NAME} is replaced by that environment variable
    std::vector<std::string> train_halved;  ///< the same, averaged over blocks of 2x2x2 voxels: scans too noisy to be
                                            ///< taken as clean at their own resolution
    std::vector<std::string> validate;      ///< held-out folders or files
    std::vector<std::string> exclude;       ///< file names (without folder) never to be used
  } data;

  struct Augment {
    double rescale = 0.2;  ///< intensity factor in 1 -/+ this
    double gamma = 0.3;    ///< share of patches with a random intensity curve
    double resolution =
        0.4;  ///< share blurred, sharpened or resampled, so that smooth scans do not teach oversmoothing
    double zeroed_background = 0.25;  ///< share whose background stays exactly zero, as in skull-stripped scans
    double rician = 0.25;             ///< share with stabilised Rician instead of Gaussian noise
  } augment;

  struct Noise {
    double sigma_min = 0.004, sigma_max = 0.7;    ///< the whole range, in normalised intensity
    double typical = 0.08, typical_spread = 0.8;  ///< median and spread (of ln sigma) of the log-normal part
    double uniform_share = 0.15;                  ///< share drawn log-uniformly over the whole range instead
    double correlated_share = 0;  ///< of the Gaussian patches: share with noise as after filtered back-projection
  } noise;

  struct Training {
    std::int64_t steps = 3000;
    std::int64_t batch = 4;
    std::int64_t patch = 64;  ///< voxels per side, a multiple of the network's alignment
    double learning_rate = 1e-3;
    std::int64_t warmup_steps = 100;
    double cooldown = 0.3;  ///< last share of the steps, in which the rate falls linearly to zero
    double clip_norm = 1.0;
    double ema = 0.999;
    std::int64_t seed = 0;
    std::string precision =
        "auto";  ///< auto | float32 | bfloat16 (auto: bfloat16 where the processor or GPU computes in it)
    double checkpoint_minutes = 5;
    std::int64_t validate_every = 250;
    std::int64_t validation_crop = 96;
  } training;
};

/// Reads and checks a configuration. Throws Error(ExitCode::usage) with file, line, key and allowed range for a syntax
/// error, an unknown key, a wrong type or a value out of range.
DenoiserTrainingConfig read_denoiser_training_config(const std::filesystem::path& path);

}  // namespace voxprior
