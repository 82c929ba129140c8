// The part of `voxprior synth` that needs LibTorch.
#include "workflows/compute/synth_session.h"

#include <torch/types.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "base/error.h"
#include "models/cascade_files.h"
#include "models/label_shares.h"
#include "models/precision.h"
#include "models/told.h"
#include "pipeline/cascade/cascade.h"
#include "pipeline/cascade/cascade_bound.h"
#include "pipeline/cascade/cascade_likelihood.h"
#include "pipeline/cascade/latent.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "pipeline/tiling/tiled.h"
#include "workflows/compute/device.h"
#include "workflows/compute/level_sampling.h"
#include "workflows/compute/on_device.h"
#include "workflows/compute/resource_errors.h"
#include "workflows/model_kind.h"

namespace voxprior {
namespace {

constexpr double kShareOfSampling = 0.8;    // of the time for a volume, where an autoencoder decodes it
constexpr std::uint64_t kMaskLevel = 1000;  // for level_seed(): no octave has this number

/// Another kind than these two is taken for diffusion, which load_cascade() refuses in words.
ModelKind coarse_kind(const std::filesystem::path& folder) {
  return kind_of_model(folder / "coarse.safetensors") == name_of(ModelKind::gan) ? ModelKind::gan
                                                                                 : ModelKind::diffusion;
}

class CascadeSession final : public SynthSession {
 public:
  CascadeSession(const SynthOptions& options, const torch::Device& device)
      : options_(options),
        device_(device),
        precision_(choose_precision(options.precision, device)),
        loaded_(load_cascade(options.model_folder, device, precision_, coarse_kind(options.model_folder))),
        told_{options.class_name,           options.spacing_mm, options.spacing_from,
              options.mask || loaded_.mask, options.guidance,   autoguidance()} {
    check_told(loaded_, told_);
    check_memory();
    sampling_.push_back(loaded_.generator
                            ? generator_sampling(loaded_, options, device)
                            : level_sampling(loaded_.coarse, options, options.sampler, options.steps, kCoarseSteps));
    for (const LoadedDenoiser& octave : loaded_.octaves)
      sampling_.push_back(level_sampling(octave, options, options.detail_sampler, options.detail_steps, kDetailSteps));
    if (loaded_.mask)
      mask_sampling_ = level_sampling(*loaded_.mask, options, options.sampler, options.steps, kCoarseSteps);
    cascade_ = cascade_of(without_mask(), true);
    learn_facts();
  }

  const SynthFacts& model() const override { return facts_; }
  std::string device() const override { return device_.str(); }
  std::string precision() const override { return precision_ == torch::kBFloat16 ? "bfloat16" : "float32"; }

  int network_calls() const override {
    int calls = 0;
    for (std::size_t level = 0; level < sampling_.size(); ++level)
      calls +=
          evaluations(sampling_[level].sampler, sampling_[level].sigmas) * evaluations_for_one(loaded_, level, told_);
    if (mask_sampling_ && !options_.mask)
      calls += evaluations(mask_sampling_->sampler, mask_sampling_->sigmas) * mask_evaluations_for_one(loaded_, told_);
    return calls;
  }

  std::vector<float> generate(std::uint64_t seed, std::uint64_t index, const std::vector<std::uint8_t>& mask,
                              ProgressDisplay& progress) const override {
    return with_resource_errors([&] {
      const torch::NoGradGuard no_grad;
      const Cascade cascade = with_mask_of(mask);
      double done = 0;
      const auto sample = [&](const CascadeLevel& level, torch::Tensor x, std::uint64_t level_seed,
                              std::size_t number) {
        const double share = (loaded_.latent_space ? kShareOfSampling : 1) * work(number) / total_work();
        const auto tell = [&](double fraction) { progress.update(done + share * fraction); };
        torch::Tensor result =
            sampling_[number].sampler.sample(level.denoise, std::move(x), level.sigmas, step_noise({level_seed}), tell);
        done += share;
        return result;
      };
      const torch::Tensor made = sample_cascade(cascade, seed, index, sample);
      if (!loaded_.latent_space) return voxels_of(made);
      const auto tell = [&](double fraction) { progress.update(done + (1 - done) * fraction); };
      return voxels_of(loaded_.latent_space->decode(made, options_.memory_bytes, tell));
    });
  }

  std::vector<std::uint8_t> draw_mask(std::uint64_t seed, std::uint64_t index,
                                      ProgressDisplay& progress) const override {
    return with_resource_errors([&] {
      const torch::NoGradGuard no_grad;
      const Denoiser denoise = on_device(mask_denoiser(loaded_, told_), device_);
      std::vector<std::int64_t> size = loaded_.mask_size;
      size.insert(size.begin(), static_cast<std::int64_t>(facts_.labels.size()) + 1);
      const std::uint64_t own = level_seed(seed, index, kMaskLevel);
      const torch::Tensor noise = starting_noise({own}, size, mask_sampling_->sigmas.front());
      const torch::Tensor shares = mask_sampling_->sampler.sample(
          denoise, noise, mask_sampling_->sigmas, step_noise({own}), [&](double f) { progress.update(f); });
      const torch::Tensor numbers = label_numbers(enlarged(shares)[0]).contiguous();
      return std::vector<std::uint8_t>(numbers.data_ptr<std::uint8_t>(),
                                       numbers.data_ptr<std::uint8_t>() + numbers.numel());
    });
  }

  std::vector<float> encode(std::vector<float> voxels, ProgressDisplay& progress) const override {
    refuse_latent_space("encoded");
    return with_resource_errors([&] {
      const torch::NoGradGuard no_grad;
      return voxels_of(encode_volume(cascade_, tensor_of(voxels), [&](double f) { progress.update(f); }));
    });
  }

  std::vector<float> decode(std::vector<float> latent, ProgressDisplay& progress) const override {
    refuse_latent_space("decoded");
    return with_resource_errors([&] {
      const torch::NoGradGuard no_grad;
      return voxels_of(decode_latent(cascade_, tensor_of(latent), [&](double f) { progress.update(f); }));
    });
  }

  VolumeLikelihood likelihood(std::vector<float> voxels, double grey_level, int probes, double tolerance,
                              std::uint64_t seed, ProgressDisplay& progress) const override {
    refuse_latent_space("given a likelihood");
    return with_resource_errors([&] {
      CascadeLikelihoodOptions options;
      options.quantisation_width = grey_level;
      options.probes = probes;
      options.tolerance.relative = options.tolerance.absolute = tolerance;
      const CascadeLikelihood found = cascade_likelihood(cascade_of(without_mask(), false), tensor_of(voxels), seed,
                                                         options, [&](double f) { progress.update(f); });
      return VolumeLikelihood{found.bits_per_voxel, found.bits_of_levels, voxels_of(found.bits_map), found.evaluations};
    });
  }

  VolumeLikelihood bound(std::vector<float> voxels, double grey_level, int steps, std::uint64_t seed,
                         ProgressDisplay& progress) const override {
    refuse_latent_space("given a likelihood");
    return with_resource_errors([&] {
      Cascade cascade = cascade_;
      cascade.coarse.sigmas = bound_levels(loaded_.coarse, steps);
      std::vector<BandErrors> errors{*loaded_.coarse.band_errors};
      for (std::size_t i = 0; i < cascade.octaves.size(); ++i) {
        cascade.octaves[i].sigmas = bound_levels(loaded_.octaves[i], steps);
        errors.push_back(*loaded_.octaves[i].band_errors);
      }
      const CascadeBound found =
          cascade_bound(cascade, errors, tensor_of(voxels), seed, grey_level, [&](double f) { progress.update(f); });
      return VolumeLikelihood{found.bits_per_voxel, found.bits_of_levels, {}, found.evaluations};
    });
  }

  std::vector<float> between(std::vector<float> a, std::vector<float> b, double t) const override {
    refuse_latent_space("interpolated");
    return voxels_of(interpolate_latents(tensor_of(a), tensor_of(b), t));
  }

 private:
  /// Of each level: what was asked for, where there is a weaker network for it, else what the model advises.
  std::vector<double> autoguidance() const {
    std::vector<double> weights(loaded_.weak.size(), 1);
    for (std::size_t level = 0; level < weights.size() && !options_.needs_ode; ++level) {
      const auto& advice = (level == 0 ? loaded_.coarse : loaded_.octaves[level - 1]).card.sampling;
      if (options_.autoguidance > 0 && (level == 0 || loaded_.weak[level])) weights[level] = options_.autoguidance;
      if (options_.autoguidance == 0 && loaded_.weak[level] && advice) weights[level] = advice->autoguidance;
    }
    return weights;
  }

  /// A view of voxels of the model's grid as [1,1,D,H,W].
  torch::Tensor tensor_of(std::vector<float>& voxels) const {
    return torch::from_blob(voxels.data(), {1, 1, facts_.size[2], facts_.size[1], facts_.size[0]}, torch::kFloat32);
  }

  static std::vector<float> voxels_of(const torch::Tensor& volume) {
    const torch::Tensor dense = volume.contiguous();
    return {dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel()};
  }

  /// The decoder of an autoencoder reaches few of all volumes, so that others have no latent to come from.
  void refuse_latent_space(const char* what) const {
    if (loaded_.latent_space)
      fail(ExitCode::model, options_.model_folder,
           ": works in the latent space of an autoencoder, in which volumes cannot "
           "be ",
           what, "; take a cascade (docs/latent-space.md)");
  }

  static CascadeLevel& levels_at(Cascade& cascade, std::size_t level) {
    return level == 0 ? cascade.coarse : cascade.octaves[level - 1];
  }
  static const CascadeLevel& levels_at(const Cascade& cascade, std::size_t level) {
    return level == 0 ? cascade.coarse : cascade.octaves[level - 1];
  }

  /// Memory that does not suffice for the last octave is known now, not when the others are done.
  void check_memory() const {
    if (loaded_.latent_space) loaded_.latent_space->plan_decoding(loaded_.coarse_size, options_.memory_bytes);
    Extent extent{loaded_.coarse_size[0], loaded_.coarse_size[1], loaded_.coarse_size[2]};
    for (const LoadedDenoiser& octave : loaded_.octaves) {
      for (std::int64_t& side : extent) side *= 2;
      plan_tiles(extent, octave.locality, octave.bytes_per_voxel, options_.memory_bytes);
    }
  }

  Told without_mask() const {
    Told told = told_;
    told.mask = false;
    return told;
  }

  /// The levels, told what they are to be told. No gradient passes through tiles.
  Cascade cascade_of(const Told& told, bool in_tiles) const {
    Cascade cascade;
    cascade.coarse_size = loaded_.coarse_size;
    if (loaded_.latent_space) cascade.coarse_channels = loaded_.latent_space->channels();
    cascade.coarse = {on_device(told_denoiser(loaded_, 0, told), device_), sampling_[0].sigmas};
    for (std::size_t i = 0; i < loaded_.octaves.size(); ++i) {
      const LoadedDenoiser& octave = loaded_.octaves[i];
      Denoiser denoise = on_device(told_denoiser(loaded_, i + 1, told), device_);
      if (in_tiles) denoise = tiled(denoise, octave.locality, octave.bytes_per_voxel, options_.memory_bytes);
      cascade.octaves.push_back({denoise, sampling_[i + 1].sigmas});
    }
    return cascade;
  }

  /// The cascade bound to a mask, which each level sees at its own resolution.
  Cascade with_mask_of(const std::vector<std::uint8_t>& mask) const {
    if (mask.empty()) return cascade_;
    Cascade cascade = cascade_of(told_, true);
    const torch::Tensor numbers =
        torch::tensor(mask, torch::kUInt8).view({facts_.size[2], facts_.size[1], facts_.size[0]});
    torch::Tensor shares = label_shares(numbers, facts_.labels.size()).unsqueeze(0);
    for (std::size_t level = cascade.octaves.size() + 1; level-- > 0;) {
      CascadeLevel& own = levels_at(cascade, level);
      if (takes_mask(loaded_, level, told_)) own.denoise = with_mask(own.denoise, shares);
      if (level > 0) shares = torch::avg_pool3d(shares, 2);
    }
    return cascade;
  }

  /// Shares [1,K,D,H,W] on the grid of the volumes: interpolated, which keeps their sum, so that edges stay smooth.
  torch::Tensor enlarged(const torch::Tensor& shares) const {
    const std::vector<std::int64_t> size{facts_.size[2], facts_.size[1], facts_.size[0]};
    return torch::upsample_trilinear3d(shares, size, false);
  }

  /// What a level costs, in evaluations of the coarse level's volume.
  double work(std::size_t number) const {
    return evaluations(sampling_[number].sampler, sampling_[number].sigmas) *
           static_cast<double>(std::int64_t{1} << (3 * number));
  }

  double total_work() const {
    double sum = 0;
    for (std::size_t i = 0; i < sampling_.size(); ++i) sum += work(i);
    return sum;
  }

  void learn_facts() {
    const ModelCard& card = loaded_.coarse.card;
    facts_ = {card.name,
              card.modality,
              card.intensity,
              card.training_data,
              card.licence,
              {},
              spacing_of(loaded_, told_),
              loaded_.coarse.card.conditioning.spacing.has_value(),
              loaded_.conditioning.labels,
              loaded_.mask.has_value(),
              told_.autoguidance,
              {}};
    const std::int64_t factor =
        loaded_.latent_space ? loaded_.latent_space->factor() : std::int64_t{1} << loaded_.octaves.size();
    for (int axis = 0; axis < 3; ++axis) facts_.size[axis] = loaded_.coarse_size[2 - axis] * factor;
    add_file("coarse.safetensors", loaded_.coarse, sampling_[0]);
    add_weak(0, "coarse-weak.safetensors");
    if (loaded_.latent_space)
      facts_.files.push_back({"autoencoder.safetensors", loaded_.latent_space->sha256(), 0, ""});
    if (loaded_.mask) add_file("mask.safetensors", *loaded_.mask, *mask_sampling_);
    for (std::size_t i = 0; i < loaded_.octaves.size(); ++i) {
      const std::string name = "octave-" + std::to_string(i + 1);
      add_file(name + ".safetensors", loaded_.octaves[i], sampling_[i + 1]);
      add_weak(i + 1, name + "-weak.safetensors");
    }
  }

  void add_weak(std::size_t level, const std::string& name) {
    if (told_.autoguidance[level] != 1) facts_.files.push_back({name, loaded_.weak[level]->sha256, 0, ""});
  }

  void add_file(const std::string& name, const LoadedDenoiser& network, const LevelSampling& sampling) {
    facts_.files.push_back({name, network.sha256, sampling.steps, sampling.sampler.name});
  }

  SynthOptions options_;
  torch::Device device_;
  torch::ScalarType precision_;
  LoadedCascade loaded_;
  Told told_;
  std::vector<LevelSampling> sampling_;  // coarse first
  std::optional<LevelSampling> mask_sampling_;
  Cascade cascade_;
  SynthFacts facts_;
};

}  // namespace
}  // namespace voxprior

voxprior::SynthSession* voxprior_open_synth_session(const voxprior::SynthOptions& options) {
  using namespace voxprior;
  return with_resource_errors([&] {
    use_cpu(options.threads);
    return new CascadeSession(options, choose_device(options.device));
  });
}
