#include "models/training/whole_volumes.h"

#include <torch/nn/functional/upsampling.h>
#include <torch/nn/functional/vision.h>
#include <torch/types.h>

#include <cmath>

#include "base/error.h"
#include "models/label_shares.h"
#include "models/training/augment.h"
#include "models/training/conditions.h"

namespace voxprior {
namespace {

namespace F = torch::nn::functional;

constexpr std::int64_t kWarpControls = 5;  // control points of the displacement along each axis

// Rotation by an angle in the plane of axes a and b, 3x3.
torch::Tensor rotation(int a, int b, double radians) {
  torch::Tensor matrix = torch::eye(3);
  matrix[a][a] = matrix[b][b] = std::cos(radians);
  matrix[a][b] = -std::sin(radians);
  matrix[b][a] = std::sin(radians);
  return matrix;
}

// [1,3,4] as affine_grid takes it: axes in the order W, H, D, in units of half the volume's side.
torch::Tensor random_affine(const torch::Tensor& volume, const TrainingConfig::Augment& augment, Random& random) {
  torch::Tensor matrix = torch::eye(3);
  for (int axis = 0; axis < 3; ++axis) {
    const double angle = random.uniform(-1, 1) * augment.rotation_degrees * M_PI / 180;
    matrix = matrix.matmul(rotation(axis, (axis + 1) % 3, angle));
  }
  torch::Tensor half_side = torch::empty({3}), shift = torch::empty({3});
  for (int axis = 0; axis < 3; ++axis) {
    half_side[axis] = static_cast<double>(volume.size(2 - axis)) / 2;
    matrix.select(1, axis) *= random.uniform(1 - augment.scaling, 1 + augment.scaling);
    shift[axis] = random.uniform(-1, 1) * augment.shift_voxels;
  }
  const torch::Tensor scaled = matrix * half_side.unsqueeze(0) / half_side.unsqueeze(1);
  return torch::cat({scaled, (shift / half_side).unsqueeze(1)}, 1).unsqueeze(0);
}

// [1,D,H,W,3], in the units of affine_grid.
torch::Tensor random_displacement(const torch::Tensor& volume, double voxels, Random& random) {
  torch::Tensor controls = torch::empty({1, 3, kWarpControls, kWarpControls, kWarpControls});
  float* values = controls.data_ptr<float>();
  for (std::int64_t i = 0; i < controls.numel(); ++i) values[i] = static_cast<float>(voxels * random.normal());
  const std::vector<std::int64_t> size{volume.size(0), volume.size(1), volume.size(2)};
  torch::Tensor field =
      F::interpolate(controls, F::InterpolateFuncOptions().size(size).mode(torch::kTrilinear).align_corners(true));
  for (int axis = 0; axis < 3; ++axis) field[0][axis] *= 2. / static_cast<double>(volume.size(2 - axis));
  return field.permute({0, 2, 3, 4, 1});
}

}  // namespace

torch::Tensor halved_volume(const torch::Tensor& volume, std::int64_t times) {
  torch::Tensor x = volume.unsqueeze(0).unsqueeze(0);
  for (std::int64_t i = 0; i < times; ++i) x = torch::avg_pool3d(x, 2);
  return x[0][0].contiguous();
}

torch::Tensor random_places(const torch::Tensor& volume, const TrainingConfig::Augment& augment, Random& random) {
  const std::vector<std::int64_t> shape{1, 1, volume.size(0), volume.size(1), volume.size(2)};
  return F::affine_grid(random_affine(volume, augment, random), shape, false) +
         random_displacement(volume, augment.warp_voxels, random);
}

torch::Tensor sampled_at(const torch::Tensor& volume, const torch::Tensor& places, Sampling how) {
  auto options = F::GridSampleFuncOptions().mode(torch::kBilinear).padding_mode(torch::kZeros).align_corners(false);
  if (how == Sampling::nearest) options.mode(torch::kNearest);
  return F::grid_sample(volume.unsqueeze(0).unsqueeze(0), places, options)[0][0];
}

torch::Tensor random_warp(const torch::Tensor& volume, const TrainingConfig::Augment& augment, Random& random) {
  return sampled_at(volume, random_places(volume, augment, random), Sampling::trilinear);
}

WholeVolumeSource::WholeVolumeSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config,
                                     torch::Device device)
    : volumes_(std::move(volumes)), config_(config), conditioning_(conditioning_of(volumes_, config)) {
  std::int64_t step = config.model.widths.alignment() << config.data.halvings;
  if (!config.data.autoencoder.empty()) {
    latent_space_.emplace(config.data.autoencoder, device);
    const ModelCard& card = latent_space_->card();
    if (card.modality != config.model.modality)
      fail(ExitCode::model, config.data.autoencoder, ": is for ", card.modality, ", the model to be trained for ",
           config.model.modality, "; train an autoencoder on the same volumes");
    step *= latent_space_->factor();
  }
  const auto& first = volumes_.front();
  for (const TrainingVolume& volume : volumes_) {
    if (volume.voxels.sizes() != first.voxels.sizes())
      fail(ExitCode::input, volume.name, ": has another grid than ", first.name,
           "; bring all volumes to one grid with `voxprior prepare`");
    for (std::int64_t axis = 0; axis < 3; ++axis)
      if (volume.voxels.size(axis) % step != 0)
        fail(ExitCode::input, volume.name, ": has an axis of ", volume.voxels.size(axis),
             " voxels; this model needs multiples of ", step, ", see `voxprior prepare --size`");
  }
  if (!config_.training.stable_target) return;
  std::vector<torch::Tensor> as_drawn;
  for (const TrainingVolume& volume : volumes_)
    as_drawn.push_back(halved_volume(volume.voxels.contiguous(), config_.data.halvings));
  stable_target_.emplace(as_drawn);
}

std::vector<std::int64_t> WholeVolumeSource::sample_size() const {
  std::vector<std::int64_t> size = volumes_.front().voxels.sizes().vec();
  for (std::int64_t& side : size)
    side = (side >> config_.data.halvings) / (latent_space_ ? latent_space_->factor() : 1);
  return size;
}

std::pair<double, double> WholeVolumeSource::voxel_edges_mm() const {
  auto edges = voxprior::voxel_edges_mm(volumes_);
  const double factor = std::pow(2., static_cast<double>(config_.data.halvings));
  return {edges.first * factor, edges.second * factor};
}

TrainingSample WholeVolumeSource::sample(Random& random) const {
  const TrainingVolume& volume = volumes_[random.below(volumes_.size())];
  torch::Tensor x = volume.voxels;
  const bool mirrored = random.uniform() < config_.augment.mirror;
  if (mirrored) x = x.flip(2);
  // Where a volume is not moved, sampling it at its own places would be work for nothing.
  const torch::Tensor places = config_.augment.moves() ? random_places(x, config_.augment, random) : torch::Tensor();
  if (places.defined()) x = sampled_at(x.contiguous(), places, Sampling::trilinear);
  x = halved_volume(x.contiguous(), config_.data.halvings);
  if (random.uniform() < config_.augment.gamma) x = random_gamma(x, random);
  x = x * random.uniform(1 - config_.augment.rescale, 1 + config_.augment.rescale);
  TrainingSample sample{x, volume.spacing_mm, class_number(conditioning_, volume.class_name), {}};
  for (double& edge : sample.spacing_mm) edge *= std::exp2(static_cast<double>(config_.data.halvings));
  if (!config_.labels.empty()) {
    torch::Tensor map = (mirrored ? volume.label_map.flip(2) : volume.label_map).to(torch::kFloat32).contiguous();
    if (places.defined()) map = sampled_at(map, places, Sampling::nearest);
    sample.mask = label_shares(map.to(torch::kUInt8), config_.labels.size());
    for (std::int64_t i = 0; i < config_.data.halvings; ++i) sample.mask = torch::avg_pool3d(sample.mask, 2);
  }
  if (config_.draws_labels()) sample.voxels = sample.mask;
  if (latent_space_) sample.voxels = latent_space_->encode(x.unsqueeze(0).unsqueeze(0))[0];
  return sample;
}

TrainingBatch WholeVolumeSource::draw(std::int64_t step) const {
  const std::int64_t count = config_.training.batch;
  const auto seed = static_cast<std::uint64_t>(config_.training.seed);
  std::vector<torch::Tensor> clean;
  std::vector<TrainingSample> samples;
  torch::Tensor sigma = torch::empty({count});
  for (std::int64_t i = 0; i < count; ++i) {
    Random random(seed, static_cast<std::uint64_t>(step * count + i));
    samples.push_back(sample(random));
    clean.push_back(with_channel(samples.back().voxels));
    sigma[i] = draw_sigma(config_.noise, random);
    leave_out(samples.back(), conditioning_, config_.conditioning.drop, random);
  }
  TrainingBatch batch{torch::stack(clean).contiguous(), {}, sigma, condition_of(samples, conditioning_)};
  torch::Tensor noise = torch::empty_like(batch.clean);
  for (std::int64_t i = 0; i < count; ++i)
    fill_gaussian(noise[i].data_ptr<float>(), static_cast<std::size_t>(noise[i].numel()), seed,
                  static_cast<std::uint64_t>(step * count + i));
  batch.noisy = batch.clean + sigma.view({-1, 1, 1, 1, 1}) * noise;
  if (stable_target_) {
    Random random(seed, ~static_cast<std::uint64_t>(step));  // counted down: the samples' streams are counted up
    batch.clean = stable_target_->of(batch.noisy, sigma, batch.clean, random);
  }
  return batch;
}

}  // namespace voxprior
