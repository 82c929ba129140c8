// The part of `voxprior synth` that needs LibTorch.
#include "workflows/compute/synth_session.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "models/cascade_files.h"
#include "models/label_shares.h"
#include "models/precision.h"
#include "models/told.h"
#include "pipeline/cascade/cascade.h"
#include "pipeline/cascade/cascade_likelihood.h"
#include "pipeline/cascade/latent.h"
#include "pipeline/samplers/registry.h"
#include "pipeline/samplers/starting_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "pipeline/tiling/tiled.h"
#include "workflows/compute/device.h"
#include "workflows/compute/on_device.h"
#include "workflows/compute/resource_errors.h"

namespace voxprior {
namespace {

constexpr double kShareOfSampling = 0.8;    // of the time for a volume, where an autoencoder decodes it
constexpr std::uint64_t kMaskLevel = 1000;  // for level_seed(): no octave has this number

class CascadeSession final : public SynthSession {
 public:
  CascadeSession(const SynthOptions& options, const torch::Device& device)
      : options_(options),
        device_(device),
        precision_(choose_precision(options.precision, device)),
        sampler_(sampler_by_name(options.sampler)),
        loaded_(load_cascade(options.model_folder, device, precision_)),
        told_{options.class_name, options.spacing_mm, options.spacing_from, options.mask || loaded_.mask,
              options.guidance} {
    check_told(loaded_, told_);
    check_memory();
    cascade_ = cascade_of(without_mask(), true);
    learn_facts();
  }

  const SynthFacts& model() const override { return facts_; }
  std::string device() const override { return device_.str(); }
  std::string precision() const override { return precision_ == torch::kBFloat16 ? "bfloat16" : "float32"; }

  int network_calls() const override {
    int calls = 0;
    for (std::size_t level = 0; level <= cascade_.octaves.size(); ++level)
      calls += evaluations(sampler_, levels_at(cascade_, level).sigmas) * evaluations_for_one(loaded_, level, told_);
    if (loaded_.mask && !options_.mask)
      calls +=
          evaluations(sampler_, sigmas_of(*loaded_.mask, options_.steps)) * mask_evaluations_for_one(loaded_, told_);
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
        const double share = (loaded_.latent_space ? kShareOfSampling : 1) * work(level, number) / total_work();
        const auto tell = [&](double fraction) { progress.update(done + share * fraction); };
        torch::Tensor result =
            sampler_.sample(level.denoise, std::move(x), level.sigmas, step_noise({level_seed}), tell);
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
      const CascadeLevel level{on_device(mask_denoiser(loaded_, told_), device_),
                               sigmas_of(*loaded_.mask, options_.steps)};
      std::vector<std::int64_t> size = loaded_.mask_size;
      size.insert(size.begin(), static_cast<std::int64_t>(facts_.labels.size()) + 1);
      const std::uint64_t own = level_seed(seed, index, kMaskLevel);
      const torch::Tensor noise = starting_noise({own}, size, level.sigmas.front());
      const torch::Tensor shares = sampler_.sample(level.denoise, noise, level.sigmas, step_noise({own}),
                                                   [&](double fraction) { progress.update(fraction); });
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

  std::vector<float> between(std::vector<float> a, std::vector<float> b, double t) const override {
    refuse_latent_space("interpolated");
    return voxels_of(interpolate_latents(tensor_of(a), tensor_of(b), t));
  }

 private:
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
    cascade.coarse = level_of(loaded_.coarse, on_device(told_denoiser(loaded_, 0, told), device_), options_.steps);
    for (std::size_t i = 0; i < loaded_.octaves.size(); ++i) {
      const LoadedDenoiser& octave = loaded_.octaves[i];
      Denoiser denoise = on_device(told_denoiser(loaded_, i + 1, told), device_);
      if (in_tiles) denoise = tiled(denoise, octave.locality, octave.bytes_per_voxel, options_.memory_bytes);
      cascade.octaves.push_back(level_of(octave, denoise, options_.detail_steps));
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

  CascadeLevel level_of(const LoadedDenoiser& model, Denoiser denoise, int steps) const {
    return {std::move(denoise), sigmas_of(model, steps)};
  }

  std::vector<double> sigmas_of(const LoadedDenoiser& model, int steps) const {
    const double highest = model.card.sigma_max / sampler_.sigma_max_factor;
    return schedule_by_name(options_.schedule, steps, model.card.sigma_min, highest);
  }

  /// Shares [1,K,D,H,W] on the grid of the volumes: interpolated, which keeps their sum, so that edges stay smooth.
  torch::Tensor enlarged(const torch::Tensor& shares) const {
    const std::vector<std::int64_t> size{facts_.size[2], facts_.size[1], facts_.size[0]};
    return torch::upsample_trilinear3d(shares, size, false);
  }

  /// What a level costs, in evaluations of the coarse level's volume.
  double work(const CascadeLevel& level, std::size_t number) const {
    return evaluations(sampler_, level.sigmas) * static_cast<double>(std::int64_t{1} << (3 * number));
  }

  double total_work() const {
    double sum = work(cascade_.coarse, 0);
    for (std::size_t i = 0; i < cascade_.octaves.size(); ++i) sum += work(cascade_.octaves[i], i + 1);
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
              {}};
    const std::int64_t factor =
        loaded_.latent_space ? loaded_.latent_space->factor() : std::int64_t{1} << loaded_.octaves.size();
    for (int axis = 0; axis < 3; ++axis) facts_.size[axis] = loaded_.coarse_size[2 - axis] * factor;
    facts_.files.push_back({"coarse.safetensors", loaded_.coarse.sha256});
    if (loaded_.latent_space) facts_.files.push_back({"autoencoder.safetensors", loaded_.latent_space->sha256()});
    if (loaded_.mask) facts_.files.push_back({"mask.safetensors", loaded_.mask->sha256});
    for (std::size_t i = 0; i < loaded_.octaves.size(); ++i)
      facts_.files.push_back({"octave-" + std::to_string(i + 1) + ".safetensors", loaded_.octaves[i].sha256});
  }

  SynthOptions options_;
  torch::Device device_;
  torch::ScalarType precision_;
  const NamedSampler& sampler_;
  LoadedCascade loaded_;
  Told told_;
  Cascade cascade_;
  SynthFacts facts_;
};

}  // namespace
}  // namespace voxprior

voxprior::SynthSession* voxprior_open_synth_session(const voxprior::SynthOptions& options) {
  using namespace voxprior;
  return with_resource_errors([&] {
    at::set_num_threads(options.threads);
    return new CascadeSession(options, choose_device(options.device));
  });
}
