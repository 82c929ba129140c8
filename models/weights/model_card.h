#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/weights/conditioning.h"

namespace voxprior {

/// The key under which a model file's metadata holds its card.
inline constexpr const char* kModelCardKey = "voxprior";

/// Of a distilled network: the denoiser whose ODE it learned to jump along.
struct Distilled {
  std::string teacher_sha256;  ///< of the teacher's model file
  std::int64_t steps = 0;      ///< 1 to kMostDistilledSteps: network calls for a sample unless told otherwise
};
inline constexpr std::int64_t kMostDistilledSteps = 4;

/// How a synthesis network is best sampled, as whoever trained it found: what `synth` does unless told otherwise.
struct SamplingAdvice {
  std::string sampler;      ///< a name of pipeline/samplers/registry.h
  std::int64_t steps = 0;   ///< 1 to 10000
  double last_sigma = 0;    ///< sigma_min to sigma_max: where noise ends and D(x, last_sigma) is the volume. Above
                            ///< sigma_min for a network that knows the fine texture too little to draw it
  double autoguidance = 1;  ///< weight of a coarse network against a weaker one beside it, see models/told.h
};

/// How a bridge is best followed from a scan, as whoever trained it found: what `denoise` does unless told otherwise.
struct BridgeAdvice {
  std::string sampler;     ///< a name of pipeline/bridge/registry.h
  std::int64_t steps = 0;  ///< 1 to kMostBridgeSteps
  double epsilon = 0;      ///< 0 to 1: noise that it was trained with and that stochastic samplers draw, normalised
};
inline constexpr std::int64_t kMostBridgeSteps = 100;

/// What a model is, for whom it works, and where it came from. Stored as JSON in the metadata of the weights file; the
/// JSON keys are the names below.
struct ModelCard {
  std::string name;               ///< "mri-t1"
  std::string kind = "denoiser";  ///< "denoiser", "detail", "diffusion", "autoencoder", "bridge" or "gan"
  std::string architecture;       ///< the network's name, which the loader looks up: "local-unet"
  /// The integers that the network is built from, a single one as a list of one: {"channels", {48, 96, 128}}.
  std::map<std::string, std::vector<std::int64_t>> widths;
  Conditioning conditioning;            ///< what it can be told; an entry of the JSON only if there is something
  double sigma_min = 0, sigma_max = 0;  ///< range of noise trained on, in normalised intensity; 0 of an autoencoder or
                                        ///< gan; of a bridge on real pairs the root mean square of what differs
  std::string intensity;  ///< what 1.0 means: "mr-p99.5" (99.5th percentile), "ct-hu/1000", "label-shares"
  Labels draws;           ///< labels whose shares it draws; an entry only if there are any. Empty: images
  std::string modality;   ///< "mr", "ct" or "any"
  double voxel_min_mm = 0, voxel_max_mm = 0;  ///< voxel edges seen in training; both 0: not recorded
  std::string training_data;                  ///< datasets and how many volumes, in words
  std::string licence;                        ///< of the weights and of the data they come from
  std::map<std::string, double> metrics;      ///< measured on held-out data: "psnr_db@sigma=0.05" -> 33.1
  std::string recipe_sha256;                  ///< of the training configuration
  std::string program_version;                ///< that trained it
  std::int64_t steps = 0;                     ///< of training
  std::string autoencoder_sha256;  ///< of the autoencoder file in whose latent space it works; empty: on volumes. An
                                   ///< entry of the JSON only if not empty
  std::optional<SamplingAdvice> sampling;  ///< only if there is any
  std::optional<Distilled> distilled;      ///< only if the network is no denoiser but a consistency function
  std::optional<BridgeAdvice> bridge;      ///< of kind "bridge", and only of that
};

/// Canonical JSON: sorted keys, no spaces. Throws Error(ExitCode::model) for a card that could not be read back.
std::string format_model_card(const ModelCard& card);

/// Strict: every key present (autoencoder_sha256, conditioning, draws, sampling, distilled and bridge where they
/// apply), of its type and in its range, and no other key. Throws Error(ExitCode::model) that names `path` and the key.
ModelCard parse_model_card(std::string_view json_text, const std::filesystem::path& path);

/// The card in the metadata of a weights file; Error(ExitCode::model) if it has none.
ModelCard model_card_of(const std::map<std::string, std::string>& metadata, const std::filesystem::path& path);

/// One entry of card.widths; Error(ExitCode::model) that names the key if it is not there.
std::vector<std::int64_t> widths_of(const ModelCard& card, const std::string& key, const std::filesystem::path& path);

/// The same for settings that size memory: each must be 1 to `most`, so that a forged card cannot ask for more than any
/// real model needs.
std::vector<std::int64_t> bounded_widths(const ModelCard& card, const std::string& key, std::int64_t most,
                                         const std::filesystem::path& path);

}  // namespace voxprior
