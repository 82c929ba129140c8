#include "models/training/source.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "models/precondition.h"
#include "models/training/bridge_source.h"
#include "models/training/patches.h"
#include "models/training/recorrupted.h"
#include "models/training/whole_volumes.h"

namespace voxprior {

std::unique_ptr<TrainingSource> make_source(std::vector<TrainingVolume> volumes, const TrainingConfig& config,
                                            torch::Device device) {
  if (volumes.empty()) fail(ExitCode::input, "no volume to train on: data.train holds no readable volume");
  if (config.self_supervised) return std::make_unique<RecorruptedSource>(std::move(volumes), config);
  if (sees_whole_volumes(config.kind)) return std::make_unique<WholeVolumeSource>(std::move(volumes), config, device);
  if (config.kind == ModelKind::bridge) return std::make_unique<BridgeSource>(std::move(volumes), config);
  return std::make_unique<PatchSource>(std::move(volumes), config);
}

torch::Tensor with_channel(const torch::Tensor& sample) { return sample.dim() == 3 ? sample.unsqueeze(0) : sample; }

TrainingBatch with_noise_at(const TrainingBatch& batch, const torch::Tensor& sigma) {
  const torch::Tensor gain = (sigma / batch.sigma).view({-1, 1, 1, 1, 1});
  TrainingBatch result = batch;
  result.noisy = batch.clean + gain * (batch.noisy - batch.clean);
  result.sigma = sigma;
  return result;
}

double draw_sigma(const TrainingConfig::Noise& noise, Random& random) {
  const double low = std::log(noise.sigma_min), high = std::log(noise.sigma_max);
  const bool uniform = random.uniform() < noise.uniform_share;
  const double log_sigma =
      uniform ? random.uniform(low, high) : std::log(noise.typical) + noise.typical_spread * random.normal();
  return std::exp(std::clamp(log_sigma, low, high));
}

std::pair<double, double> voxel_edges_mm(const std::vector<TrainingVolume>& volumes) {
  std::pair<double, double> edges{1e9, 0};
  for (const TrainingVolume& volume : volumes) {
    const auto [shortest, longest] = std::minmax_element(volume.spacing_mm.begin(), volume.spacing_mm.end());
    edges = {std::min(edges.first, *shortest), std::max(edges.second, *longest)};
  }
  return edges;
}

torch::Tensor measure_mean(const TrainingSource& source, std::int64_t samples, std::uint64_t seed) {
  torch::Tensor sum = torch::zeros({}, torch::kFloat64);
  for (std::int64_t i = 0; i < samples; ++i) {
    Random random(seed, static_cast<std::uint64_t>(i));
    sum = sum + with_channel(source.clean_sample(random)).to(torch::kFloat64);
  }
  return (sum / samples).to(torch::kFloat32);
}

torch::Tensor measure_feature_std(const TrainingSource& source, std::int64_t samples, std::uint64_t seed,
                                  const torch::Tensor& mean) {
  torch::Tensor squares = torch::zeros({}, torch::kFloat64);
  for (std::int64_t i = 0; i < samples; ++i) {
    Random random(seed, static_cast<std::uint64_t>(i));
    const torch::Tensor sample = with_channel(source.clean_sample(random));
    const torch::Tensor features = haar_features((mean.defined() ? sample - mean : sample).unsqueeze(0));
    squares = squares + features.to(torch::kFloat64).square().mean({0, 2, 3, 4});
  }
  if (mean.defined() && !(squares > 0).any().item<bool>())
    fail(ExitCode::input, "all training volumes are the same; model.mean_volume needs volumes that differ");
  return (squares / samples).sqrt().to(torch::kFloat32);
}

}  // namespace voxprior
