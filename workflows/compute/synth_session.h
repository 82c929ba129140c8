#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/weights/conditioning.h"
#include "workflows/cli/progress.h"

namespace voxprior {

/// Where neither the options nor the model say otherwise.
inline constexpr const char* kUsualSampler = "dpmpp-2m";
inline constexpr int kCoarseSteps = 20, kDetailSteps = 8;

/// What determines a synthetic volume beside its seed and number, and where to compute it.
struct SynthOptions {
  std::string model_folder;
  /// Of the coarse model and of the octaves; see pipeline/samplers/registry.h. "model": what the model's card advises.
  std::string sampler = "model", detail_sampler = "model";
  std::string schedule = "karras";
  int steps = 0;                      ///< of the coarse model; 0: what its card advises, or it was distilled for
  int detail_steps = 0;               ///< of each octave; 0: likewise
  bool needs_ode = false;             ///< to encode, decode or compute likelihoods: a distilled model is refused
  std::string class_name;             ///< what to make; empty: any
  std::optional<Spacing> spacing_mm;  ///< voxel edges along i, j, k; none: the model's own
  std::string spacing_from;           ///< the mask that they are of; empty: they were asked for
  bool mask = false;                  ///< whether generate() is given masks
  double guidance = 1;                ///< weight of class and mask
  double autoguidance = 0;      ///< weight of each network against the weaker one beside it; 0: what its card advises.
                                ///< 1 if needs_ode
  std::string device = "auto";  ///< auto | cpu | cuda
  std::string precision = "auto";  ///< auto | float32 | bfloat16
  double memory_bytes = 0;         ///< for the tiles of the octaves
  int threads = 1;
};

/// One of the networks of a model.
struct SynthModelFile {
  std::string file, sha256;
  int steps = 0;        ///< of the network; 0 for an autoencoder
  std::string sampler;  ///< what it is sampled with: a distilled one with "consistency", whatever was asked for
};

/// What a command needs to know of a synthesis model, without LibTorch.
struct SynthFacts {
  std::string name;
  std::string modality;   ///< "mr" or "ct"
  std::string intensity;  ///< what 1.0 means: "mr-p99.5" or "ct-hu/1000"
  std::string training_data, licence;
  std::array<std::int64_t, 3> size{};  ///< voxels along i, j, k
  Spacing spacing_mm{1, 1, 1};
  bool told_spacing = false;         ///< whether the model can make other voxel sizes
  Labels labels;                     ///< that a mask may hold
  bool draws_masks = false;          ///< whether it makes masks of its own
  std::vector<double> autoguidance;  ///< its weight in this session, level by level
  std::vector<SynthModelFile> files;
};

/// How likely a model finds a volume.
struct VolumeLikelihood {
  double bits_per_voxel = 0;
  std::vector<double> bits_of_levels;  ///< coarse first; they add up to bits_per_voxel
  std::vector<float> map;              ///< bits of each voxel, i fastest; of the exact likelihood alone
  int evaluations = 0;                 ///< of the networks, for the exact likelihood each with a backward pass
};

/// A loaded synthesis model. Lives in the compute module, so everything here is virtual and free of LibTorch.
class SynthSession {
 public:
  virtual ~SynthSession() = default;

  virtual const SynthFacts& model() const = 0;
  virtual std::string device() const = 0;     ///< "cpu" or "cuda:0"
  virtual std::string precision() const = 0;  ///< "float32" or "bfloat16"
  virtual int network_calls() const = 0;      ///< for one volume, all levels together

  /// Volume number `index` of the endless sequence of `seed`, i fastest, normalised intensity. It depends on the seed,
  /// the index, the model, the mask and the options but device, memory and threads (to rounding). `mask`: for each
  /// voxel the place of its label in model().labels, counted from 1, 0 for background; empty without
  /// SynthOptions::mask.
  virtual std::vector<float> generate(std::uint64_t seed, std::uint64_t index, const std::vector<std::uint8_t>& mask,
                                      ProgressDisplay& progress) const = 0;

  /// The mask of volume number `index`, as generate() takes it, drawn by the model. It must be one that draws masks.
  virtual std::vector<std::uint8_t> draw_mask(std::uint64_t seed, std::uint64_t index,
                                              ProgressDisplay& progress) const = 0;

  /// The latent of a volume on the model's grid, and the volume of a latent: see pipeline/cascade/latent.h. These, the
  /// likelihood and between() throw Error(ExitCode::model) for a model that works in the latent space of an
  /// autoencoder, which has no inverse. Here `steps` and `detail_steps` are steps of the Runge-Kutta method, four
  /// network calls each.
  virtual std::vector<float> encode(std::vector<float> voxels, ProgressDisplay& progress) const = 0;
  virtual std::vector<float> decode(std::vector<float> latent, ProgressDisplay& progress) const = 0;

  /// -log2 of the probability of a volume whose intensities are named to within `grey_level`, in normalised intensity;
  /// see pipeline/cascade/cascade_likelihood.h. `probes` random vectors, drawn from `seed`. Whole levels at once.
  virtual VolumeLikelihood likelihood(std::vector<float> voxels, double grey_level, int probes, double tolerance,
                                      std::uint64_t seed, ProgressDisplay& progress) const = 0;

  /// An upper bound on that in `steps` steps of each level, with noise drawn from `seed`; no map. The noise levels and
  /// the variances of the reverse steps are the model's own where it has learned them, else log-uniform and those of
  /// the Wiener filter; see pipeline/cascade/cascade_bound.h.
  virtual VolumeLikelihood bound(std::vector<float> voxels, double grey_level, int steps, std::uint64_t seed,
                                 ProgressDisplay& progress) const = 0;

  /// Point t in 0 .. 1 between two latents.
  virtual std::vector<float> between(std::vector<float> a, std::vector<float> b, double t) const = 0;
};

/// Loads LibTorch (2 s), then the model. Throws Error: ExitCode::model for a bad model, ExitCode::usage for a sampler,
/// schedule, class, spacing or guidance that it does not know, ExitCode::resources when the device is not there.
std::unique_ptr<SynthSession> open_synth_session(const SynthOptions& options);

}  // namespace voxprior

/// What the compute module exports for open_synth_session; the caller owns the result.
extern "C" voxprior::SynthSession* voxprior_open_synth_session(const voxprior::SynthOptions& options);
