#include "models/training/patches.h"

#include <torch/nn/functional/padding.h>

#include <algorithm>
#include <cmath>

#include "models/training/augment.h"
#include "models/training/correlated_noise.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

constexpr double kForeground = 0.05;  // of normalised intensity: where a patch may be centred
constexpr double kMaxZoom = 1.8;
constexpr double kSoftestCutoff = 0.15, kSharpestCutoff = 0.8, kMostOverlap = 0.25;  // of reconstruction kernels
constexpr float kTableEnd = 12, kTablePerUnit = 128;  // above nu = 12 the expectation is a cheap series

// Zeros at the far end of every axis shorter than a patch.
torch::Tensor padded_to(const torch::Tensor& x, std::int64_t side) {
  std::vector<std::int64_t> pad;
  for (std::int64_t axis = 2; axis >= 0; --axis) {
    pad.push_back(0);
    pad.push_back(std::max<std::int64_t>(0, side - x.size(axis)));
  }
  return torch::constant_pad_nd(x, pad).contiguous();
}

// White noise [D,H,W] in place: as from a random reconstruction kernel.
void correlate(Random& random, torch::Tensor noise) {
  const double cutoff = random.uniform(kSoftestCutoff, kSharpestCutoff);
  const double overlap = random.uniform(0, kMostOverlap);
  noise.copy_(reconstruction_noise(noise, cutoff, overlap));
}

}  // namespace

PatchSource::PatchSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config)
    : volumes_(std::move(volumes)), config_(config) {
  std::int64_t total = 0;
  for (TrainingVolume& volume : volumes_) {
    total += volume.voxels.numel();
    cumulative_voxels_.push_back(total);
    volume.voxels = padded_to(volume.voxels, config.training.patch);
  }
  for (int i = 0; i <= static_cast<int>(kTableEnd * kTablePerUnit) + 1; ++i)
    expected_.push_back(static_cast<float>(stabiliser_.expected(i / kTablePerUnit)));
}

float PatchSource::expected(float nu) const {
  if (nu >= kTableEnd) return static_cast<float>(stabiliser_.expected(nu));
  const float position = nu * kTablePerUnit;
  const auto cell = static_cast<std::size_t>(position);
  return expected_[cell] + (position - static_cast<float>(cell)) * (expected_[cell + 1] - expected_[cell]);
}

torch::Tensor PatchSource::crop(Random& random, std::int64_t side) const {
  const auto voxel = static_cast<std::int64_t>(random.below(cumulative_voxels_.back()));
  const auto index =
      std::upper_bound(cumulative_voxels_.begin(), cumulative_voxels_.end(), voxel) - cumulative_voxels_.begin();
  const torch::Tensor& x = volumes_[index].voxels;
  const std::int64_t room = std::min({side, x.size(0), x.size(1), x.size(2)});

  std::int64_t start[3] = {0, 0, 0};
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::int64_t centre[3];
    for (int axis = 0; axis < 3; ++axis) {
      start[axis] = static_cast<std::int64_t>(random.below(x.size(axis) - room + 1));
      centre[axis] = start[axis] + room / 2;
    }
    const float* voxels = x.data_ptr<float>();
    if (voxels[(centre[0] * x.size(1) + centre[1]) * x.size(2) + centre[2]] > kForeground) break;
  }
  return x.narrow(0, start[0], room).narrow(1, start[1], room).narrow(2, start[2], room);
}

torch::Tensor PatchSource::clean_sample(Random& random) const {
  const std::int64_t side = config_.training.patch;
  torch::Tensor patch;
  if (random.uniform() < config_.augment.resolution) {
    if (random.below(2)) {
      const auto wide = static_cast<std::int64_t>(std::lround(side * random.uniform(1, kMaxZoom)));
      patch = crop(random, wide);
      if (patch.size(0) != side) patch = resample_cube(patch.contiguous(), side);
    } else {
      patch = random_sharpness(crop(random, side), random);
    }
  } else {
    patch = crop(random, side);
  }
  patch = random_orientation(patch, random);
  if (random.uniform() < config_.augment.gamma) patch = random_gamma(patch, random);
  return patch * random.uniform(1 - config_.augment.rescale, 1 + config_.augment.rescale);
}

void PatchSource::add_noise(Random& random, const torch::Tensor& clean, torch::Tensor target, torch::Tensor noisy,
                            double sigma, std::uint64_t stream) const {
  const auto n = static_cast<std::size_t>(clean.numel());
  const auto seed = static_cast<std::uint64_t>(config_.training.seed);
  const bool rician = random.uniform() < config_.augment.rician;
  const bool keep_zeros = random.uniform() < config_.augment.zeroed_background;

  const float* x = clean.data_ptr<float>();
  float* y = noisy.data_ptr<float>();
  float* t = target.data_ptr<float>();
  fill_gaussian(y, n, seed, stream);
  const float s = static_cast<float>(sigma);
  if (rician) {
    // Stabilised Rician data is unit Gaussian noise around E[f(z)|nu]: that, times sigma, is what the network is given.
    std::vector<float> imaginary(n);
    fill_gaussian(imaginary.data(), n, seed, stream, n);
    for (std::size_t i = 0; i < n; ++i) {
      const float nu = std::max(x[i], 0.f) / s;
      y[i] = s * stabiliser_.forward(std::hypot(nu + y[i], imaginary[i]));
      t[i] = s * expected(nu);
    }
  } else {
    // No number is drawn where the share is 0: such recipes stay what they were.
    if (config_.noise.correlated_share > 0 && random.uniform() < config_.noise.correlated_share)
      correlate(random, noisy[0]);
    for (std::size_t i = 0; i < n; ++i) {
      y[i] = x[i] + s * y[i];
      t[i] = x[i];
    }
  }
  if (!keep_zeros) return;
  for (std::size_t i = 0; i < n; ++i)
    if (x[i] == 0) y[i] = t[i] = 0;
}

TrainingBatch PatchSource::draw(std::int64_t step) const {
  const std::int64_t count = config_.training.batch, side = config_.training.patch;
  TrainingBatch batch{torch::empty({count, 1, side, side, side}), torch::empty({count, 1, side, side, side}),
                      torch::empty({count})};
  for (std::int64_t i = 0; i < count; ++i) {
    const auto stream = static_cast<std::uint64_t>(step * count + i);
    Random random(static_cast<std::uint64_t>(config_.training.seed), stream);
    const torch::Tensor clean = clean_sample(random).contiguous();
    const double sigma = draw_sigma(config_.noise, random);
    add_noise(random, clean, batch.clean[i], batch.noisy[i], sigma, stream);
    batch.sigma[i] = sigma;
  }
  if (config_.kind == ModelKind::detail) batch.noisy = with_block_means(batch.noisy, torch::avg_pool3d(batch.clean, 2));
  return batch;
}

}  // namespace voxprior
