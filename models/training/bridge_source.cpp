#include "models/training/bridge_source.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "models/training/simulated_scan.h"

namespace voxprior {
namespace {

constexpr double kLeastShare = 0.01;  // a hundred steps
constexpr double kForeground = 0.02;
constexpr std::uint64_t kSeeds = std::uint64_t{1} << 62;

std::vector<TrainingVolume> all_or_none_paired(std::vector<TrainingVolume> volumes) {
  const auto paired = [](const TrainingVolume& volume) { return volume.scan.defined(); };
  const auto odd = std::find_if(volumes.begin(), volumes.end(), [&](const TrainingVolume& volume) {
    return paired(volume) != paired(volumes.front());
  });
  if (odd != volumes.end())
    fail(ExitCode::input, odd->name, ": real pairs and volumes without a noisy counterpart do not mix");
  return volumes;
}

}  // namespace

BridgeSource::BridgeSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config)
    : config_(config), patches_(all_or_none_paired(std::move(volumes)), config) {}

double BridgeSource::random_share(Random& random) const {
  return random.uniform() < config_.bridge.at_scan ? 1 : random.uniform(kLeastShare, 1);
}

torch::Tensor BridgeSource::perturbed(const torch::Tensor& x, double share, Random& random) const {
  if (!(random.uniform() < config_.bridge.perturbed) || config_.bridge.epsilon == 0) return x;
  const double std = random.uniform(0, config_.bridge.epsilon * std::sqrt(share));
  torch::Tensor noise = torch::empty_like(x);
  fill_gaussian(noise.data_ptr<float>(), static_cast<std::size_t>(noise.numel()), random.below(kSeeds), 1);
  return x + std * noise;
}

TrainingBatch BridgeSource::draw(std::int64_t step) const {
  const std::int64_t count = config_.training.batch, side = config_.training.patch;
  const std::vector<std::int64_t> shape{count, 1, side, side, side};
  TrainingBatch batch{torch::empty(shape), torch::empty(shape), torch::empty({count}), {}, torch::empty(shape)};
  for (std::int64_t i = 0; i < count; ++i) {
    Random random(static_cast<std::uint64_t>(config_.training.seed), static_cast<std::uint64_t>(step * count + i));
    const TrainingSample patch = patches_.sample(random);
    const SimulatedScan pair = patch.scan.defined() ? SimulatedScan{patch.voxels, patch.scan}
                                                    : simulate_scan(patch.voxels.contiguous(), config_, random);
    const double share = random_share(random);
    const torch::Tensor x = torch::lerp(pair.clean, pair.noisy, share).contiguous();
    batch.clean[i][0].copy_(pair.clean);
    batch.scan[i][0].copy_(pair.noisy);
    batch.noisy[i][0].copy_(perturbed(x, share, random));
    batch.sigma[i] = share;
  }
  return batch;
}

double scan_noise(const TrainingVolume& pair) {
  const torch::Tensor difference = (pair.scan - pair.voxels).masked_select(pair.voxels > kForeground);
  return difference.numel() == 0 ? 0 : difference.to(torch::kDouble).square().mean().sqrt().item<double>();
}

}  // namespace voxprior
