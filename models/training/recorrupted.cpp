#include "models/training/recorrupted.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "models/training/augment.h"

namespace voxprior {
namespace {

constexpr double kTissue = 0.05;       // of normalised intensity
constexpr double kAirOverSigma = 1.3;  // the mean of stabilised Rician noise without signal is 0.9 sigma
constexpr double kNoiseAdded = 0.5;    // share of the inputs that get more noise where there are repeats

torch::Tensor with_far_end(const torch::Tensor& x, std::int64_t side) {
  std::vector<std::int64_t> pad;
  for (std::int64_t axis = 2; axis >= 0; --axis) {
    pad.push_back(0);
    pad.push_back(std::max<std::int64_t>(0, side - x.size(axis)));
  }
  return torch::constant_pad_nd(x, pad).contiguous();
}

// Brighter than air, in the mean of 5x5x5 voxels.
torch::Tensor tissue_of(const TrainingVolume& volume) {
  const torch::Tensor padded = torch::constant_pad_nd(volume.voxels.unsqueeze(0).unsqueeze(0), {2, 2, 2, 2, 2, 2});
  const torch::Tensor mean = torch::avg_pool3d(padded, 5, 1)[0][0];
  return mean > (kAirOverSigma * volume.sigma).clamp_min(kTissue);
}

torch::Tensor gaussian(c10::IntArrayRef shape, std::uint64_t seed, std::uint64_t stream) {
  torch::Tensor n = torch::empty(shape);
  fill_gaussian(n.data_ptr<float>(), static_cast<std::size_t>(n.numel()), seed, stream);
  return n;
}

double mean_outside_background(const torch::Tensor& y, const torch::Tensor& values) {
  return (values * (y != 0)).mean(torch::kDouble).item<double>();
}

}  // namespace

Recorrupted recorrupt(const torch::Tensor& y, const torch::Tensor& s, const torch::Tensor& n, double level) {
  const torch::Tensor added = (level * level - s.square()).sqrt();
  const torch::Tensor scanned = y != 0;
  return {(y + added * n) * scanned, (y - s.square() / added * n) * scanned};
}

double target_noise(const torch::Tensor& y, const torch::Tensor& s, const torch::Tensor& n, double level) {
  const torch::Tensor variance = s.square();
  return mean_outside_background(y, variance * (1 + variance / (level * level - variance) * n.square()));
}

RecorruptedSource::RecorruptedSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config)
    : volumes_(std::move(volumes)), config_(config) {
  std::int64_t total = 0;
  const std::int64_t side = config.training.patch;
  for (TrainingVolume& volume : volumes_) {
    if (!volume.sigma.defined()) fail(ExitCode::input, volume.name, ": its noise is not known");
    total += volume.voxels.numel();
    cumulative_voxels_.push_back(total);
    volume.voxels = with_far_end(volume.voxels, side);
    for (torch::Tensor& repeat : volume.repeats) repeat = with_far_end(repeat, side);
    if (volume.sigma.dim() == 3) volume.sigma = with_far_end(volume.sigma, side);
    tissue_.push_back(tissue_of(volume));
  }
}

RecorruptedSource::NoisyPatch RecorruptedSource::patch(Random& random) const {
  const std::int64_t side = config_.training.patch;
  const auto voxel = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(cumulative_voxels_.back())));
  const auto index =
      std::upper_bound(cumulative_voxels_.begin(), cumulative_voxels_.end(), voxel) - cumulative_voxels_.begin();
  const TrainingVolume& volume = volumes_[static_cast<std::size_t>(index)];
  const torch::Tensor& tissue = tissue_[static_cast<std::size_t>(index)];
  std::array<std::int64_t, 3> start{};
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::int64_t centre = 0;
    for (int axis = 0; axis < 3; ++axis) {
      start[axis] =
          static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(volume.voxels.size(axis) - side + 1)));
      centre = centre * volume.voxels.size(axis) + start[axis] + side / 2;
    }
    if (tissue.data_ptr<bool>()[centre]) break;
  }
  const Orientation orientation = random_orientation(random);
  const double factor = random.uniform(1 - config_.augment.rescale, 1 + config_.augment.rescale);
  const auto cut = [&](const torch::Tensor& x) {
    const torch::Tensor cube = x.narrow(0, start[0], side).narrow(1, start[1], side).narrow(2, start[2], side);
    return factor * orientation.of(cube);
  };
  std::vector<torch::Tensor> scans{cut(volume.voxels)};
  for (const torch::Tensor& repeat : volume.repeats) scans.push_back(cut(repeat));
  return {torch::stack(scans), volume.sigma.dim() == 3 ? cut(volume.sigma) : factor * volume.sigma};
}

TrainingSample RecorruptedSource::sample(Random& random) const { return {patch(random).scans[0], {}, -1, {}}; }

std::int64_t RecorruptedSource::draw_from_one_place(std::int64_t first, std::uint64_t stream,
                                                    TrainingBatch& batch) const {
  const auto seed = static_cast<std::uint64_t>(config_.training.seed);
  Random random(seed, stream);
  const NoisyPatch noisy = patch(random);
  const double a = std::exp(random.uniform(std::log(config_.noise.added_min), std::log(config_.noise.added_max)));
  const double largest = noisy.sigma.max().item<double>(), level = largest * std::sqrt(1 + a * a);
  const torch::Tensor n = gaussian(noisy.scans[0].sizes(), seed, stream);
  const auto put = [&](std::int64_t i, const Recorrupted& pair, double sigma, double left) {
    batch.noisy[i][0] = pair.noisier;
    batch.clean[i][0] = pair.target;
    batch.sigma[i] = sigma;
    batch.target_noise[i] = left;
  };
  if (const std::int64_t repeats = noisy.scans.size(0) - 1; repeats > 0) {
    const auto input = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(repeats + 1)));
    const double raised = random.uniform() < kNoiseAdded ? level : largest;
    const torch::Tensor y = noisy.scans[input], scanned = (noisy.scans != 0).all(0);
    const torch::Tensor added = (raised * raised - noisy.sigma.square()).clamp_min(0).sqrt();
    const torch::Tensor others = (noisy.scans.sum(0) - y) / repeats * scanned;
    put(first, {(y + added * n) * scanned, others}, raised,
        mean_outside_background(others, noisy.sigma.square() / repeats));
    return first + 1;
  }
  const torch::Tensor y = noisy.scans[0];
  const double left = target_noise(y, noisy.sigma, n, level);
  put(first, recorrupt(y, noisy.sigma, n, level), level, left);
  if (first + 1 < batch.sigma.size(0)) put(first + 1, recorrupt(y, noisy.sigma, -n, level), level, left);
  return first + 2;
}

TrainingBatch RecorruptedSource::draw(std::int64_t step) const {
  const std::int64_t count = config_.training.batch, side = config_.training.patch;
  TrainingBatch batch{torch::empty({count, 1, side, side, side}), torch::empty({count, 1, side, side, side}),
                      torch::empty({count})};
  batch.target_noise = torch::empty({count});
  for (std::int64_t i = 0; i < count;) i = draw_from_one_place(i, static_cast<std::uint64_t>(step * count + i), batch);
  return batch;
}

}  // namespace voxprior
