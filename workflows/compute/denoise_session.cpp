// The part of `voxprior denoise` that needs LibTorch.
#include "workflows/compute/denoise_session.h"

#include <torch/types.h>

#include <algorithm>

#include "models/denoiser_file.h"
#include "models/precision.h"
#include "pipeline/bridge/path.h"
#include "pipeline/bridge/registry.h"
#include "pipeline/core/mirrored.h"
#include "pipeline/core/varying_sigma.h"
#include "pipeline/core/weak_noise.h"
#include "pipeline/samplers/posterior_sample.h"
#include "pipeline/samplers/reconstruction_noise.h"
#include "pipeline/samplers/step_noise.h"
#include "pipeline/tiling/tiled.h"
#include "workflows/compute/device.h"
#include "workflows/compute/on_device.h"
#include "workflows/compute/resource_errors.h"
#include "workflows/model_kind.h"

namespace voxprior {
namespace {

using Size = std::array<std::int64_t, 3>;

/// (i, j, k) <-> (D, H, W).
Size reversed(const Size& size) { return {size[2], size[1], size[0]}; }

ModelFacts facts_of(const LoadedDenoiser& model) {
  const ModelCard& card = model.card;
  ModelFacts facts{card.name,      model.sha256,   card.modality,     card.training_data,
                   card.sigma_min, card.sigma_max, card.voxel_min_mm, card.voxel_max_mm};
  if (card.bridge) facts.bridge = BridgeFacts{card.bridge->sampler, static_cast<int>(card.bridge->steps)};
  return facts;
}

/// Another kind than these two is taken for a denoiser, which load_denoiser() refuses in words.
ModelKind denoising_kind(const std::string& model_file) {
  return kind_of_model(model_file) == name_of(ModelKind::bridge) ? ModelKind::bridge : ModelKind::denoiser;
}

class TiledSession final : public DenoiseSession {
 public:
  TiledSession(const SessionOptions& options, const torch::Device& device)
      : device_(device),
        precision_(choose_precision(options.precision, device)),
        loaded_(load_denoiser(options.model_file, device, precision_, denoising_kind(options.model_file))),
        facts_(facts_of(loaded_)),
        mirrors_(options.mirrors),
        network_(on_device(loaded_.denoise, device)),
        denoise_(averaged_over_mirrors(network_, options.mirrors)) {}

  const ModelFacts& model() const override { return facts_; }
  std::string device() const override { return device_.str(); }
  std::string precision() const override { return precision_ == torch::kBFloat16 ? "bfloat16" : "float32"; }

  DenoisePlan plan(Size size, double memory_bytes, std::int64_t tile) const override {
    const TilePlan tiles = tile > 0
                               ? plan_tiles_of(reversed(size), loaded_.locality, {tile, tile, tile})
                               : plan_tiles(reversed(size), loaded_.locality, loaded_.bytes_per_voxel, memory_bytes);
    return {size, reversed(tiles.core), static_cast<std::int64_t>(tiles.tiles().size()),
            estimate_memory(tiles, loaded_.bytes_per_voxel)};
  }

  void denoise(std::vector<float>& voxels, const DenoisePlan& plan, double sigma,
               ProgressDisplay& progress) const override {
    with_resource_errors([&] {
      const torch::Tensor x = tensor_of(voxels, plan);
      put(in_tiles(denoise_, x, sigma, plan, reporting_to(progress)), voxels);
    });
  }

  void denoise(std::vector<float>& voxels, const DenoisePlan& plan, const std::vector<float>& sigma,
               ProgressDisplay& progress) const override {
    with_resource_errors([&] {
      const torch::Tensor x = tensor_of(voxels, plan), map = tensor_of(sigma, plan);
      put(varying_in_tiles(denoise_, x, map, 1, plan, reporting_to(progress)), voxels);
    });
  }

  void sample(std::vector<float>& voxels, const DenoisePlan& plan, const std::vector<float>& sigma,
              const SampleSettings& settings, ProgressDisplay& progress) const override {
    with_resource_errors([&] {
      const Denoiser network = extended_below(in_mirror(network_, settings.number % mirrors_), facts_.sigma_min);
      const bool even = sigma.size() == 1;
      const torch::Tensor noisy = tensor_of(voxels, plan);
      const torch::Tensor level = even ? torch::full({1}, sigma[0]) : tensor_of(sigma, plan);
      int done = 0;
      const Denoiser at_share = [&](const torch::Tensor& x, double share) {
        const Progress report = [&](double fraction) { progress.update((done + fraction) / settings.steps); };
        torch::Tensor clean = even ? in_tiles(network, x, share * static_cast<double>(sigma[0]), plan, report)
                                   : varying_in_tiles(network, x, level, share, plan, report);
        ++done;
        return clean;
      };
      const std::uint64_t seed = settings.seed + static_cast<std::uint64_t>(settings.number);
      put(posterior_sample(at_share, noisy, level, settings.steps, seed, colour_of(settings.texture)), voxels);
    });
  }

  void follow_bridge(std::vector<float>& voxels, const DenoisePlan& plan, const BridgeRun& run,
                     ProgressDisplay& progress) const override {
    with_resource_errors([&] {
      const NamedBridgeSampler& sampler = bridge_sampler_by_name(run.sampler);
      const std::vector<double> path = bridge_path(run.steps, run.strength);
      const int all = evaluations(sampler, path);
      int done = 0;
      const BridgePredictor predict = [&](const torch::Tensor& x, double share) {
        const Progress report = [&](double fraction) { progress.update((done + fraction) / all); };
        const torch::Tensor clean = in_tiles(denoise_, x, share, plan, report);
        ++done;
        return clean;
      };
      const torch::Tensor scan = tensor_of(voxels, plan).clone();
      put(sampler.sample(predict, scan, path, step_noise({run.seed}), loaded_.card.bridge->epsilon), voxels);
    });
  }

 private:
  /// [1,1,D,H,W], a view of what must outlive it.
  static torch::Tensor tensor_of(const std::vector<float>& voxels, const DenoisePlan& plan) {
    const Size size = reversed(plan.size);
    return torch::from_blob(const_cast<float*>(voxels.data()), {1, 1, size[0], size[1], size[2]}, torch::kFloat32);
  }

  static NoiseColour colour_of(const KernelTexture& texture) {
    if (texture.white()) return {};
    return [texture](const torch::Tensor& white) {
      return reconstruction_noise(white[0][0], texture.cutoff, texture.overlap).view(white.sizes());
    };
  }

  static void put(const torch::Tensor& result, std::vector<float>& voxels) {
    const torch::Tensor whole = result.contiguous();
    std::copy_n(whole.data_ptr<float>(), voxels.size(), voxels.data());
  }

  static Progress reporting_to(ProgressDisplay& progress) {
    return [&progress](double fraction) { progress.update(fraction); };
  }

  torch::Tensor in_tiles(const Denoiser& denoise, const torch::Tensor& x, double sigma, const DenoisePlan& plan,
                         const Progress& progress) const {
    const TilePlan tiles = plan_tiles_of(reversed(plan.size), loaded_.locality, reversed(plan.tile));
    return denoise_in_tiles(denoise, x, sigma, tiles, progress);
  }

  /// At `share` times the map, which rides through the tiles behind the volume, padded and cut as that is.
  torch::Tensor varying_in_tiles(const Denoiser& denoise, const torch::Tensor& x, const torch::Tensor& map,
                                 double share, const DenoisePlan& plan, const Progress& progress) const {
    const std::vector<double> levels = sigma_levels(share * map.min().item<double>(), share * map.max().item<double>());
    const Denoiser with_map = [&](const torch::Tensor& both, double) {
      const torch::Tensor sigma = both.narrow(1, 1, 1);
      return torch::cat({denoise_varying(denoise, both.narrow(1, 0, 1).contiguous(), share * sigma, levels), sigma}, 1);
    };
    return in_tiles(with_map, torch::cat({x, map}, 1), 0, plan, progress).narrow(1, 0, 1);
  }

  torch::Device device_;
  torch::ScalarType precision_;
  LoadedDenoiser loaded_;
  ModelFacts facts_;
  int mirrors_;
  Denoiser network_;
  Denoiser denoise_;  // the network, averaged over mirror images
};

}  // namespace
}  // namespace voxprior

voxprior::DenoiseSession* voxprior_open_denoise_session(const voxprior::SessionOptions& options) {
  using namespace voxprior;
  return with_resource_errors([&] {
    use_cpu(options.threads);
    return new TiledSession(options, choose_device(options.device));
  });
}
