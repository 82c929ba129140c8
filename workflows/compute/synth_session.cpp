// The part of `voxprior synth` that needs LibTorch.
#include "workflows/compute/synth_session.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "models/cascade_files.h"
#include "models/precision.h"
#include "pipeline/cascade/cascade.h"
#include "pipeline/cascade/cascade_likelihood.h"
#include "pipeline/cascade/latent.h"
#include "pipeline/samplers/registry.h"
#include "pipeline/samplers/step_noise.h"
#include "pipeline/tiling/tiled.h"
#include "workflows/compute/device.h"
#include "workflows/compute/on_device.h"
#include "workflows/compute/resource_errors.h"

namespace voxprior {
namespace {

constexpr double kShareOfSampling = 0.8;  // of the time for a volume, where an autoencoder decodes it

class CascadeSession final : public SynthSession {
 public:
  CascadeSession(const SynthOptions& options, const torch::Device& device)
      : options_(options),
        device_(device),
        precision_(choose_precision(options.precision, device)),
        sampler_(sampler_by_name(options.sampler)),
        loaded_(load_cascade(options.model_folder, device, precision_)) {
    cascade_.coarse = level_of(loaded_.coarse, on_device(loaded_.coarse.denoise, device), options.steps);
    cascade_.coarse_size = loaded_.coarse_size;
    if (loaded_.latent_space) {
      cascade_.coarse_channels = loaded_.latent_space->channels();
      loaded_.latent_space->plan_decoding(loaded_.coarse_size, options.memory_bytes);
    }
    Extent extent{loaded_.coarse_size[0], loaded_.coarse_size[1], loaded_.coarse_size[2]};
    for (const LoadedDenoiser& octave : loaded_.octaves) {
      for (std::int64_t& side : extent) side *= 2;
      // Memory that does not suffice for the last octave is known now, not when the others are done.
      plan_tiles(extent, octave.locality, octave.bytes_per_voxel, options.memory_bytes);
      const Denoiser whole =
          tiled(on_device(octave.denoise, device), octave.locality, octave.bytes_per_voxel, options.memory_bytes);
      cascade_.octaves.push_back(level_of(octave, whole, options.detail_steps));
    }
    learn_facts();
  }

  const SynthFacts& model() const override { return facts_; }
  std::string device() const override { return device_.str(); }
  std::string precision() const override { return precision_ == torch::kBFloat16 ? "bfloat16" : "float32"; }

  int network_calls() const override {
    int calls = evaluations(sampler_, cascade_.coarse.sigmas);
    for (const CascadeLevel& octave : cascade_.octaves) calls += evaluations(sampler_, octave.sigmas);
    return calls;
  }

  std::vector<float> generate(std::uint64_t seed, std::uint64_t index, ProgressDisplay& progress) const override {
    return with_resource_errors([&] {
      const torch::NoGradGuard no_grad;
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
      const torch::Tensor made = sample_cascade(cascade_, seed, index, sample);
      if (!loaded_.latent_space) return voxels_of(made);
      const auto tell = [&](double fraction) { progress.update(done + (1 - done) * fraction); };
      return voxels_of(loaded_.latent_space->decode(made, options_.memory_bytes, tell));
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
      const CascadeLikelihood found = cascade_likelihood(differentiable_cascade(), tensor_of(voxels), seed, options,
                                                         [&](double f) { progress.update(f); });
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

  /// The cascade without tiles, through which no gradient passes.
  Cascade differentiable_cascade() const {
    Cascade cascade = cascade_;
    for (std::size_t i = 0; i < cascade.octaves.size(); ++i)
      cascade.octaves[i].denoise = on_device(loaded_.octaves[i].denoise, device_);
    return cascade;
  }

  CascadeLevel level_of(const LoadedDenoiser& model, Denoiser denoise, int steps) const {
    const double highest = model.card.sigma_max / sampler_.sigma_max_factor;
    return {std::move(denoise), schedule_by_name(options_.schedule, steps, model.card.sigma_min, highest)};
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
    facts_ = {card.name, card.modality, card.intensity, card.training_data, card.licence, {}, loaded_.voxel_mm(), {}};
    const std::int64_t factor =
        loaded_.latent_space ? loaded_.latent_space->factor() : std::int64_t{1} << loaded_.octaves.size();
    for (int axis = 0; axis < 3; ++axis) facts_.size[axis] = loaded_.coarse_size[2 - axis] * factor;
    facts_.files.push_back({"coarse.safetensors", loaded_.coarse.sha256});
    if (loaded_.latent_space) facts_.files.push_back({"autoencoder.safetensors", loaded_.latent_space->sha256()});
    for (std::size_t i = 0; i < loaded_.octaves.size(); ++i)
      facts_.files.push_back({"octave-" + std::to_string(i + 1) + ".safetensors", loaded_.octaves[i].sha256});
  }

  SynthOptions options_;
  torch::Device device_;
  torch::ScalarType precision_;
  const NamedSampler& sampler_;
  LoadedCascade loaded_;
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
