#pragma once

#include <optional>

#include "models/training/source.h"
#include "models/training/stable_target.h"

namespace voxprior {

/// Whole volumes of one grid, each time mirrored, turned, scaled, shifted and smoothly warped a little, so that a model
/// that sees few subjects learns how brains vary rather than which these were. Warped at full resolution, then averaged
/// over 2x2x2 voxels data.halvings times. With data.autoencoder the
/// volume that this gives is encoded: augmented before, since latents of turned and warped volumes are not turned and
/// warped latents.
class WholeVolumeSource : public TrainingSource {
 public:
  /// Throws Error(ExitCode::input) for volumes of different size, or of one that is no multiple of what the network
  /// needs after the halvings; Error(ExitCode::model) for an autoencoder that cannot be read or is for another
  /// modality.
  WholeVolumeSource(std::vector<TrainingVolume> volumes, const TrainingConfig& config, torch::Device device);

  TrainingBatch draw(std::int64_t step) const override;
  TrainingSample sample(Random& random) const override;
  std::vector<std::int64_t> sample_size() const override;
  std::pair<double, double> voxel_edges_mm() const override;
  const LatentSpace* latent_space() const override { return latent_space_ ? &*latent_space_ : nullptr; }
  const Conditioning& conditioning() const override { return conditioning_; }

 private:
  std::vector<TrainingVolume> volumes_;
  TrainingConfig config_;
  Conditioning conditioning_;
  std::optional<LatentSpace> latent_space_;
  std::optional<StableTarget> stable_target_;
};

/// A volume averaged over blocks of 2x2x2 voxels, `times` times: [D,H,W] -> [D/2^times, ...].
torch::Tensor halved_volume(const torch::Tensor& volume, std::int64_t times);

/// Places moved by a random affine map and a smooth random displacement within the limits of `augment`, for volumes of
/// this size: [1,D,H,W,3].
torch::Tensor random_places(const torch::Tensor& volume, const TrainingConfig::Augment& augment, Random& random);

/// The volume [D,H,W] sampled there, zero outside: trilinear, or the nearest voxel.
enum class Sampling { trilinear, nearest };
torch::Tensor sampled_at(const torch::Tensor& volume, const torch::Tensor& places, Sampling how);

/// The volume at random_places(), trilinear.
torch::Tensor random_warp(const torch::Tensor& volume, const TrainingConfig::Augment& augment, Random& random);

}  // namespace voxprior
