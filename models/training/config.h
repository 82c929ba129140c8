#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/kind.h"
#include "models/network/unet.h"
#include "models/weights/conditioning.h"
#include "models/weights/model_card.h"

namespace voxprior {

/// Everything that determines a trained network, read from a TOML file. The keys of the file are the names here; which
/// of them a kind of model has, and its defaults, read_training_config() says.
struct TrainingConfig {
  ModelKind kind = ModelKind::denoiser;
  bool self_supervised = false;  ///< `train denoiser --self-supervised`: the volumes are noisy scans

  struct Model {
    std::string name = "denoiser";
    std::string modality = "mr";       ///< mr | ct | any
    std::string draws = "image";       ///< image | labels (kind diffusion): what the volumes are
    UnetWidths widths;                 ///< kind autoencoder: channels and blocks alone, see AutoencoderWidths
    std::int64_t latent_channels = 4;  ///< kind autoencoder
    std::string weights = "float32";   ///< float32 | float16 (not kind autoencoder): numbers in the model file
    std::string from;                  ///< self-supervised: name or file of the model that it starts from; "": none
    std::string training_data;         ///< for the model card: what it was trained on
    std::string licence;               ///< for the model card: licence of that data
    bool mean_volume = false;          ///< kind diffusion: what is learned is how volumes differ from their mean
  } model;

  struct Data {
    std::string dataset;                    ///< folder made by `voxprior prepare`: its train and validation volumes
    std::vector<std::string> train;         ///< folders or files; ${NAME} is replaced by that environment variable
    std::vector<std::string> train_halved;  ///< the same, averaged over blocks of 2x2x2 voxels: scans too noisy to be
                                            ///< taken as clean at their own resolution
    std::vector<std::string> label_maps;  ///< kind denoiser: label volumes, painted anew for every patch (paint_labels)
    std::vector<std::string> validate;    ///< held-out folders or files
    std::map<std::string, std::vector<std::string>> classes;  ///< name -> folders, files or patterns with * of paths
    std::vector<std::string> labels;        ///< folders with a label volume for each volume, of the same file name
    std::vector<std::string> exclude;       ///< file names (without folder) that are not trained on
    std::vector<std::string> clean, noisy;  ///< kind bridge: real pairs, of the same file names; then `train` is empty
    std::vector<std::string> validate_clean, validate_noisy;  ///< held-out ones
    std::string autoencoder;    ///< kind diffusion: file of the autoencoder whose latents are learned; "": the volumes
    std::int64_t halvings = 0;  ///< kinds diffusion and gan: volumes are averaged over 2x2x2 voxels so many
                                ///< times
    bool repeats = false;       ///< self-supervised: files are 4D, and the 4th axis repeats one scan
    std::vector<std::int64_t> frames;  ///< with repeats: which of them, counted from 0; empty: all
  } data;

  /// What the network is told beside the noise (kinds detail, diffusion and gan).
  struct Told {
    std::vector<std::string> what;  ///< key "on": "class", "spacing", "mask"
    double drop = 0.1;              ///< probability that class and mask are not told

    bool on(const std::string& condition) const;
  } conditioning;

  bool draws_labels() const { return model.draws == "labels"; }
  bool has_pairs() const { return !data.clean.empty(); }

  Labels labels;  ///< section [labels]: what a label volume may hold beside 0, value = "meaning"

  struct Augment {
    double rescale = 0.2;  ///< intensity factor in 1 -/+ this
    double gamma = 0.3;    ///< share of patches with a random intensity curve
    double resolution =
        0.4;  ///< share blurred, sharpened or resampled, so that smooth scans do not teach oversmoothing
    double zeroed_background = 0.25;  ///< share whose background stays exactly zero, as in skull-stripped scans
    double rician = 0.25;             ///< share with stabilised Rician instead of Gaussian noise

    // Of whole volumes (kinds diffusion and gan):
    double mirror = 0.5;          ///< share mirrored along i, left and right in a brain
    double rotation_degrees = 4;  ///< about each axis, up to this
    double scaling = 0.06;        ///< along each axis, factor in 1 -/+ this
    double shift_voxels = 1;      ///< along each axis, up to this
    double warp_voxels = 1;       ///< standard deviation of a smooth displacement

    // Of patches (kind denoiser):
    double contrast = 0;  ///< share whose tissues get other intensities (random_contrast)
    double slices = 0;    ///< share cut as slices of a CT scan: finer voxels within the plane, thicker across it

    /// Whether whole volumes are turned, scaled, shifted or warped at all.
    bool moves() const { return rotation_degrees > 0 || scaling > 0 || shift_voxels > 0 || warp_voxels > 0; }
  } augment;

  struct Noise {
    double sigma_min = 0.004, sigma_max = 0.7;    ///< the whole range, in normalised intensity
    double typical = 0.08, typical_spread = 0.8;  ///< median and spread (of ln sigma) of the log-normal part
    double uniform_share = 0.15;                  ///< share drawn log-uniformly over the whole range instead
    double correlated_share = 0;  ///< of the Gaussian patches: share with noise as after filtered back-projection
    std::string schedule = "log-normal";    ///< log-normal | learned: levels drawn as above, or from a schedule that is
                                            ///< learned with the loss of the variational bound
    bool learned_variance = false;          ///< learn the variance of the reverse steps, too
    std::string distribution = "auto";      ///< self-supervised: auto | gaussian | rician, of the noise in the scans
    double added_min = 0.2, added_max = 1;  ///< self-supervised: noise that is added, over that of the scan

    // Of simulated scans (kind bridge), see models/training/simulated_scan.h:
    std::vector<std::string> kinds = {};  ///< gaussian, rician, ncchi: each drawn as often
    double varying_share = 0;             ///< share whose noise varies over the patch
  } noise;

  /// Of kind bridge: points x = (1 - a) clean + a scan, and how they are best followed. The last three go into the
  /// model card.
  struct Bridge {
    double at_scan = 0.25;   ///< share of the points that are the scan itself, a = 1
    double perturbed = 0.5;  ///< share that gets noise of up to epsilon sqrt(a), as stochastic samplers have it
    double epsilon = 0.02;   ///< in normalised intensity
    std::string sampler = "drift-fixed";
    std::int64_t steps = 3;
  } bridge;

  std::optional<SamplingAdvice> sampling;  ///< section [sampling], of kinds diffusion and detail: for the model card

  /// Of kind autoencoder; see models/training/reconstruction_loss.h.
  struct Loss {
    double gradient = 1;  ///< weight of the multi-scale gradient loss beside the mean absolute error
    double kl = 1e-3;     ///< weight of the Kullback-Leibler divergence, mean over the latent values
  } loss;

  /// Of `train distill` alone, whose kind, network and noise are those of the teacher.
  struct Distill {
    std::string teacher;       ///< model file; ${NAME} is replaced by that environment variable
    std::int64_t levels = 18;  ///< noise levels between which the teacher takes one step
    std::int64_t steps = 2;    ///< network calls for a sample unless `synth --steps` says otherwise
    double target_ema = 0.95;  ///< of the network that neighbouring points are compared with
  } distill;

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
    std::int64_t snapshots = 0;  ///< models written on the way, at equal shares of the steps, the finished one included
    bool stable_target = false;  ///< kind diffusion: show what a noised volume most likely was, see StableTarget
  } training;

  /// Of `train gan`. `adversarial`: of kind denoiser, the loss that makes it a denoising GAN.
  struct Gan {
    std::string family = "r3gan";  ///< r3gan | alpha-wgan-gp, see models/gan/widths.h
    std::int64_t latent = 64;      ///< numbers of which a volume is made
    double penalty = 1;            ///< weight of the gradient penalties of the critic
    double reconstruction = 10;    ///< alpha-wgan-gp: weight of the mean absolute error behind the encoder
    double augment = 0;            ///< share of volumes that are transformed before the critic sees them, part by part
    std::int64_t critic_steps = 1;
    double adversarial = 0;  ///< weight of the adversarial loss beside the mean absolute error; 0: no denoising GAN
  } gan;
};

/// Reads and checks a configuration of this kind. A key that the kind does not have is as unknown as any other.
/// Throws Error(ExitCode::usage) with file, line, key and allowed range for a syntax error, an unknown key, a wrong
/// type or a value out of range.
TrainingConfig read_training_config(const std::filesystem::path& path, ModelKind kind);

/// Reads and checks a configuration of `train gan`: of kind gan or, with model.task = "denoise", of kind denoiser with
/// gan.adversarial above 0. Throws as read_training_config() does.
TrainingConfig read_gan_config(const std::filesystem::path& path);

/// The teacher that a configuration of `train distill` names, as it is written there.
/// Throws Error(ExitCode::usage) if there is none.
std::string read_teacher_name(const std::filesystem::path& path);

/// Reads and checks a configuration of `train distill`: sections [distill], [data], [augment] and [training] as they
/// are for the teacher's kind. What the model is, its network and its range of noise come from the teacher. Throws as
/// read_training_config() does.
TrainingConfig read_distillation_config(const std::filesystem::path& path, const ModelCard& teacher,
                                        const UnetWidths& widths);

/// The model that a configuration of self-supervised training starts from, as it is written there; "" for none.
std::string read_starting_model(const std::filesystem::path& path);

/// Reads and checks a configuration of `train denoiser --self-supervised`. With a model to start from (`from`, with its
/// card and network) modality, network and range of noise are its. Throws as read_training_config() does.
TrainingConfig read_self_supervised_config(const std::filesystem::path& path, const ModelCard* from,
                                           const UnetWidths& widths);

}  // namespace voxprior
