#include "models/training/patches.h"

#include <torch/nn/functional/padding.h>

#include <algorithm>
#include <cmath>

#include "models/label_shares.h"
#include "models/training/conditions.h"
#include "pipeline/samplers/reconstruction_noise.h"
#include "pipeline/wavelet/haar.h"

namespace voxprior {
namespace {

constexpr double kForeground = 0.05;  // of normalised intensity: where a patch may be centred
constexpr double kMaxZoom = 1.8;
constexpr double kFinestInPlane = 0.45, kThickestSlice = 3;  // voxels of slices, over those of the volume
constexpr float kTableEnd = 12, kTablePerUnit = 128;         // above nu = 12 the expectation is a cheap series

// Zeros at the far end of every axis shorter than a patch.
torch::Tensor padded_to(const torch::Tensor& x, std::int64_t side) {
  std::vector<std::int64_t> pad;
  for (std::int64_t axis = 2; axis >= 0; --axis) {
    pad.push_back(0);
    pad.push_back(std::max<std::int64_t>(0, side - x.size(axis)));
  }
  return torch::constant_pad_nd(x, pad).contiguous();
}

}  // namespace

PatchSource::PatchSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config)
    : volumes_(std::move(volumes)), config_(config), conditioning_(conditioning_of(volumes_, config)) {
  std::int64_t total = 0;
  for (TrainingVolume& volume : volumes_) {
    total += volume.voxels.numel();
    cumulative_voxels_.push_back(total);
    volume.voxels = padded_to(volume.voxels, config.training.patch);
    if (volume.label_map.defined()) volume.label_map = padded_to(volume.label_map, config.training.patch);
    if (volume.scan.defined()) volume.scan = padded_to(volume.scan, config.training.patch);
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

torch::Tensor PatchSource::Cut::of(const torch::Tensor& x) const {
  return x.narrow(0, start[0], sides[0]).narrow(1, start[1], sides[1]).narrow(2, start[2], sides[2]);
}

PatchSource::Cut PatchSource::random_cut(Random& random, const Sides& sides) const {
  const auto voxel = static_cast<std::int64_t>(random.below(cumulative_voxels_.back()));
  const auto index =
      std::upper_bound(cumulative_voxels_.begin(), cumulative_voxels_.end(), voxel) - cumulative_voxels_.begin();
  const torch::Tensor& x = volumes_[index].voxels;
  Cut cut{&volumes_[index], {}, {}};
  double fits = 1;  // of the box, whose shape is kept
  for (int axis = 0; axis < 3; ++axis)
    fits = std::min(fits, static_cast<double>(x.size(axis)) / static_cast<double>(sides[axis]));
  for (int axis = 0; axis < 3; ++axis) cut.sides[axis] = std::lround(fits * static_cast<double>(sides[axis]));
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::int64_t centre[3];
    for (int axis = 0; axis < 3; ++axis) {
      cut.start[axis] = static_cast<std::int64_t>(random.below(x.size(axis) - cut.sides[axis] + 1));
      centre[axis] = cut.start[axis] + cut.sides[axis] / 2;
    }
    const float* voxels = x.data_ptr<float>();
    if (voxels[(centre[0] * x.size(1) + centre[1]) * x.size(2) + centre[2]] > kForeground) break;
  }
  return cut;
}

torch::Tensor PatchSource::clean_voxels(const Cut& cut, Random& random) {
  return cut.volume->painted ? paint_labels(cut.of(cut.volume->label_map), random) : cut.of(cut.volume->voxels);
}

PatchSource::Patch PatchSource::cube(Random& random) const {
  const std::int64_t side = config_.training.patch;
  const auto cut = [&](double zoom) {
    const std::int64_t length = std::lround(zoom * static_cast<double>(side));
    return random_cut(random, {length, length, length});
  };
  Patch patch;
  if (random.uniform() >= config_.augment.resolution) {
    patch.cut = cut(1);
    patch.voxels = clean_voxels(patch.cut, random);
  } else if (random.below(2)) {
    patch.cut = cut(random.uniform(1, kMaxZoom));
    patch.voxels = clean_voxels(patch.cut, random);
    if (patch.cut.sides[0] != side) patch.voxels = resample_cube(patch.voxels.contiguous(), side);
  } else {
    patch.cut = cut(1);
    patch.voxels = random_sharpness(clean_voxels(patch.cut, random), random);
  }
  patch.orientation = random_orientation(random);
  patch.voxels = patch.orientation.of(patch.voxels);
  return patch;
}

PatchSource::Patch PatchSource::slices(Random& random) const {
  const auto side = static_cast<double>(config_.training.patch);
  const double fine = std::exp(random.uniform(std::log(kFinestInPlane), 0));
  const double thick = std::exp(random.uniform(0, std::log(kThickestSlice)));
  Patch patch;
  patch.orientation = random_orientation(random);
  Sides sides;
  sides.fill(std::lround(fine * side));
  sides[patch.orientation.axes[0]] = std::lround(thick * side);  // the axis that becomes the first
  patch.cut = random_cut(random, sides);
  patch.voxels = resample_slices(patch.orientation.of(clean_voxels(patch.cut, random)), config_.training.patch);
  return patch;
}

TrainingSample PatchSource::sample(Random& random) const {
  const std::int64_t side = config_.training.patch;
  const auto [cut, voxels, orientation] =
      config_.augment.slices > 0 && random.uniform() < config_.augment.slices ? slices(random) : cube(random);
  torch::Tensor patch = voxels;
  // No number is drawn where a share is 0: such recipes stay what they were.
  if (config_.augment.contrast > 0 && random.uniform() < config_.augment.contrast)
    patch = random_contrast(patch, random);
  if (random.uniform() < config_.augment.gamma) patch = random_gamma(patch, random);
  const double factor = random.uniform(1 - config_.augment.rescale, 1 + config_.augment.rescale);
  patch = patch * factor;
  TrainingSample sample{patch, {}, class_number(conditioning_, cut.volume->class_name), {}};
  if (cut.volume->scan.defined()) sample.scan = orientation.of(cut.of(cut.volume->scan)) * factor;
  for (std::size_t axis = 0; axis < 3; ++axis) {  // tensors run D, H, W, spacings i, j, k
    const auto from = static_cast<std::size_t>(orientation.axes[axis]);
    const double zoom = static_cast<double>(cut.sides[from]) / static_cast<double>(side);
    sample.spacing_mm[2 - axis] = zoom * cut.volume->spacing_mm[2 - from];
  }
  if (!conditioning_.labels.empty()) {
    const torch::Tensor map = resample_labels(cut.of(cut.volume->label_map), side);
    sample.mask = label_shares(orientation.of(map), conditioning_.labels.size());
  }
  return sample;
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
    if (config_.noise.correlated_share > 0 && random.uniform() < config_.noise.correlated_share)
      noisy.copy_(random_reconstruction_noise(noisy[0], random).unsqueeze(0));
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
  std::vector<TrainingSample> samples;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto stream = static_cast<std::uint64_t>(step * count + i);
    Random random(static_cast<std::uint64_t>(config_.training.seed), stream);
    samples.push_back(sample(random));
    const torch::Tensor clean = samples.back().voxels.contiguous();
    const double sigma = draw_sigma(config_.noise, random);
    add_noise(random, clean, batch.clean[i], batch.noisy[i], sigma, stream);
    batch.sigma[i] = sigma;
    leave_out(samples.back(), conditioning_, config_.conditioning.drop, random);
  }
  batch.condition = condition_of(samples, conditioning_);
  if (config_.kind == ModelKind::detail) batch.noisy = with_block_means(batch.noisy, torch::avg_pool3d(batch.clean, 2));
  return batch;
}

}  // namespace voxprior
