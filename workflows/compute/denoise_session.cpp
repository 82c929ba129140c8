// The part of `voxprior denoise` that needs LibTorch.
#include "workflows/compute/denoise_session.h"

#include <ATen/Parallel.h>
#include <torch/types.h>

#include <algorithm>

#include "models/denoiser_file.h"
#include "models/precision.h"
#include "pipeline/core/mirrored.h"
#include "pipeline/core/varying_sigma.h"
#include "pipeline/tiling/tiled.h"
#include "workflows/compute/device.h"
#include "workflows/compute/on_device.h"
#include "workflows/compute/resource_errors.h"

namespace voxprior {
namespace {

using Size = std::array<std::int64_t, 3>;

/// (i, j, k) <-> (D, H, W).
Size reversed(const Size& size) { return {size[2], size[1], size[0]}; }

ModelFacts facts_of(const LoadedDenoiser& model) {
  const ModelCard& card = model.card;
  return {card.name,      model.sha256,   card.modality,     card.training_data,
          card.sigma_min, card.sigma_max, card.voxel_min_mm, card.voxel_max_mm};
}

class TiledSession final : public DenoiseSession {
 public:
  TiledSession(const SessionOptions& options, const torch::Device& device)
      : device_(device),
        precision_(choose_precision(options.precision, device)),
        loaded_(load_denoiser(options.model_file, device, precision_)),
        facts_(facts_of(loaded_)),
        denoise_(averaged_over_mirrors(on_device(loaded_.denoise, device), options.mirrors)) {}

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
    const torch::Tensor x = tensor_of(voxels, plan);
    evaluate(denoise_, x, sigma, voxels, plan, progress);
  }

  void denoise(std::vector<float>& voxels, const DenoisePlan& plan, const std::vector<float>& sigma,
               ProgressDisplay& progress) const override {
    const auto [least, greatest] = std::minmax_element(sigma.begin(), sigma.end());
    const std::vector<double> levels = sigma_levels(*least, *greatest);
    // The map rides through the tiles behind the volume, padded and cut as that is.
    const Denoiser with_map = [&](const torch::Tensor& x, double) {
      const torch::Tensor map = x.narrow(1, 1, 1);
      return torch::cat({denoise_varying(denoise_, x.narrow(1, 0, 1).contiguous(), map, levels), map}, 1);
    };
    const torch::Tensor x = torch::cat({tensor_of(voxels, plan), tensor_of(sigma, plan)}, 1);
    evaluate(with_map, x, 0, voxels, plan, progress);
  }

 private:
  /// [1,1,D,H,W], a view of what must outlive it.
  static torch::Tensor tensor_of(const std::vector<float>& voxels, const DenoisePlan& plan) {
    const Size size = reversed(plan.size);
    return torch::from_blob(const_cast<float*>(voxels.data()), {1, 1, size[0], size[1], size[2]}, torch::kFloat32);
  }

  void evaluate(const Denoiser& denoise, const torch::Tensor& x, double sigma, std::vector<float>& voxels,
                const DenoisePlan& plan, ProgressDisplay& progress) const {
    with_resource_errors([&] {
      const torch::NoGradGuard no_grad;
      const Size size = reversed(plan.size);
      const TilePlan tiles = plan_tiles_of(size, loaded_.locality, reversed(plan.tile));
      const torch::Tensor clean =
          denoise_in_tiles(denoise, x, sigma, tiles, [&](double fraction) { progress.update(fraction); });
      const torch::Tensor result = clean.narrow(1, 0, 1).contiguous();
      std::copy_n(result.data_ptr<float>(), voxels.size(), voxels.data());
    });
  }

  torch::Device device_;
  torch::ScalarType precision_;
  LoadedDenoiser loaded_;
  ModelFacts facts_;
  Denoiser denoise_;
};

}  // namespace
}  // namespace voxprior

voxprior::DenoiseSession* voxprior_open_denoise_session(const voxprior::SessionOptions& options) {
  using namespace voxprior;
  return with_resource_errors([&] {
    at::set_num_threads(options.threads);
    return new TiledSession(options, choose_device(options.device));
  });
}
